import { FileRefused, type FileRule } from '../errors.ts';

/**
 * Position in the file of each wanted heading: columns may stand in any order, but all must be there, each once, and no
 * others. Throws FileRefused with every rule the header breaks.
 */
export function columnPositions(header: readonly string[], wanted: readonly string[]): number[] {
  const found = header.map((heading) => heading.trim());
  const broken: { rule: FileRule; detail: string }[] = [];
  const missing = wanted.filter((heading) => !found.includes(heading));
  const unknown = found.filter((heading) => !wanted.includes(heading));
  const repeated = wanted.filter((heading) => found.indexOf(heading) !== found.lastIndexOf(heading));
  const expected = `expected are ${wanted.join(', ')}`;
  if (missing.length > 0) {
    broken.push({ rule: 'header_missing', detail: `no column ${list(missing)}; ${expected}${separatorHint(found)}` });
  }
  if (unknown.length > 0)
    broken.push({ rule: 'header_unknown', detail: `unknown column ${list(unknown)}; ${expected}` });
  if (repeated.length > 0)
    broken.push({ rule: 'header_repeated', detail: `column ${list(repeated)} stands there twice` });
  if (broken.length > 0) throw new FileRefused(broken, header.join(',').slice(0, 2_000));
  return wanted.map((heading) => found.indexOf(heading));
}

function list(headings: readonly string[]): string {
  return headings.map((heading) => JSON.stringify(heading.slice(0, 100))).join(', ');
}

/** One column with separators of another kind in it: the most common wrong file. */
function separatorHint(found: readonly string[]): string {
  const separator = [';', '\t', '|'].find((one) => found.length === 1 && found[0]?.includes(one) === true);
  return separator === undefined ? '' : `; the file seems to be separated by ${JSON.stringify(separator)}, not ","`;
}
