export interface Instruction {
  name: string;
  /** Arguments with continuation lines joined. */
  args: string;
}

export interface Dockerfile {
  /** Comment lines before the first instruction: where directives such as `syntax=` stand. */
  head: string[];
  stages: { from: string; name: string | null; instructions: Instruction[] }[];
}

/** Reads the parts of the Dockerfile language that this repository uses. */
export function parseDockerfile(text: string): Dockerfile {
  const lines = text.split('\n');
  const firstInstruction = lines.findIndex((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  const file: Dockerfile = { head: lines.slice(0, firstInstruction), stages: [] };
  for (const { name, args } of instructionsOf(lines)) {
    if (name === 'FROM') {
      const [from = '', , stage = null] = args.split(/\s+/);
      file.stages.push({ from, name: stage, instructions: [] });
    } else {
      file.stages.at(-1)?.instructions.push({ name, args });
    }
  }
  return file;
}

function instructionsOf(lines: string[]): Instruction[] {
  const body = lines.filter((line) => !line.trimStart().startsWith('#')).join('\n');
  return body
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim().replaceAll(/\s+/g, ' '))
    .filter((line) => line !== '')
    .map((line) => {
      const at = line.indexOf(' ');
      return { name: line.slice(0, at).toUpperCase(), args: line.slice(at + 1) };
    });
}
