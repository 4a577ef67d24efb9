import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { EbbError } from '@ebb/core';

/**
 * - `ENGINE_MISSING`: the platform package of npm is not installed.
 * - `PLATFORM_UNSUPPORTED`: there is none for this system.
 */
export type EngineLibraryErrorCode = 'ENGINE_MISSING' | 'PLATFORM_UNSUPPORTED';

/** The npm packages that hold the engine, 540 MB each. */
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@chdb/lib-linux-x64-gnu',
  'linux-arm64': '@chdb/lib-linux-arm64-gnu',
  'darwin-x64': '@chdb/lib-darwin-x64',
  'darwin-arm64': '@chdb/lib-darwin-arm64',
};

/** Folder of the engine; throws what is missing and how to get it. Does not load it. */
export function engineLibrary(platform: string = `${process.platform}-${process.arch}`): string {
  const name = PACKAGES[platform];
  if (name === undefined) {
    const known = Object.keys(PACKAGES).join(', ');
    throw new EbbError<EngineLibraryErrorCode>(
      'PLATFORM_UNSUPPORTED',
      `no ClickHouse engine for ${platform}: ${known}`,
    );
  }
  try {
    const fromChdb = createRequire(createRequire(import.meta.url).resolve('chdb'));
    return dirname(fromChdb.resolve(`${name}/package.json`));
  } catch (error) {
    throw new EbbError<EngineLibraryErrorCode>(
      'ENGINE_MISSING',
      `the npm package ${name} (540 MB) is not installed; run "npm ci" without --omit=optional`,
      { cause: error },
    );
  }
}
