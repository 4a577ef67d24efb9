import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { assert } from '@ebb/core';

/**
 * Joins modules of ours into one classic script, without a bundler: types are stripped by Node, the modules' own
 * imports and exports fall away because all of them share one scope. `files` are in order of dependence, and no two
 * may declare the same name at top level (the browser would refuse the script; a test parses it).
 */
export function bundleScript(directory: string, files: readonly string[]): string {
  const parts = files.map((file) => {
    const source = readFileSync(join(directory, file), 'utf8');
    return dropModuleSyntax(dropComments(stripQuietly(source)), file);
  });
  return `(() => {\n'use strict';\n${parts.join('\n')}\n})();\n`;
}

/** Stripping is marked experimental and warns at its first use, which would only litter the log of every start. */
function stripQuietly(source: string): string {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Whole-line comments only; a comment after code stays. */
function dropComments(source: string): string {
  return source.replaceAll(/^[ \t]*\/\*\*?[\s\S]*?\*\/[ \t]*$/gm, '').replaceAll(/^[ \t]*\/\/.*$/gm, '');
}

function dropModuleSyntax(source: string, file: string): string {
  const script = source
    .replaceAll(/^import [^;]*? from '\.[^']*';$/gm, '')
    .replaceAll(/^export (?=(async function|function|class|const|let)\b)/gm, '')
    .replaceAll(/[ \t]+$/gm, '')
    .replaceAll(/\n{2,}/g, '\n');
  assert(
    !/^(import|export)\b/m.test(script),
    `${file}: module syntax that the joining of browser scripts does not know`,
  );
  return script.trim();
}
