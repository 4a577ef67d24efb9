import { MUTANTS } from './mutants.ts';

export interface ProvedStep {
  readonly number: number;
  readonly name: string;
  readonly asOf: string;
  readonly rows: number;
  /** Where a build was killed before the one that is compared. */
  readonly killed: string | null;
}

/** An incremental model that is not what a full refresh makes. */
export interface Wrong {
  readonly model: string;
  readonly step: ProvedStep;
  readonly what: string;
  readonly rows: number;
  readonly examples: readonly string[];
}

export type Cell =
  | { readonly kind: 'caught'; readonly step: number; readonly rows: number }
  | { readonly kind: 'survived' }
  | { readonly kind: 'not applicable'; readonly reason: string };

export interface Proof {
  readonly seed: string;
  readonly steps: readonly ProvedStep[];
  /** How often each kind of change happened. */
  readonly kinds: readonly (readonly [string, number])[];
  readonly models: readonly { readonly name: string; readonly rows: number }[];
  readonly cells: readonly { readonly model: string; readonly mutant: string; readonly cell: Cell }[];
  readonly wrong: readonly Wrong[];
}

/** Mutants that no model shows: the fixture would not find the mistake either. */
export function uncaught(proof: Proof): string[] {
  return MUTANTS.filter(
    ({ name }) => !proof.cells.some(({ mutant, cell }) => mutant === name && cell.kind === 'caught'),
  ).map(({ title }) => title);
}

export function isProved(proof: Proof): boolean {
  return proof.wrong.length === 0 && uncaught(proof).length === 0;
}

export function formatProof(proof: Proof): string {
  return [
    ...table(proof),
    '',
    ...reasons(proof),
    `${proof.steps.length} steps: ${proof.steps.map(({ name, killed }) => (killed === null ? name : `${name} (killed: ${killed})`)).join('; ')}`,
    `changes: ${proof.kinds.map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
    '',
    ...verdict(proof),
  ].join('\n');
}

function table(proof: Proof): string[] {
  const header = ['model', 'rows', ...MUTANTS.map(({ title }) => title)];
  const rows = proof.models.map(({ name, rows }) => [
    name,
    String(rows),
    ...MUTANTS.map((mutant) => cellText(proof, name, mutant.name)),
  ]);
  const widths = header.map((title, index) => Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(header), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)];
}

function cellText(proof: Proof, model: string, mutant: string): string {
  const cell = proof.cells.find((cell) => cell.model === model && cell.mutant === mutant)?.cell;
  if (cell === undefined) return '';
  if (cell.kind === 'caught') return `caught: step ${cell.step}, ${cell.rows} rows`;
  return cell.kind === 'survived' ? 'not seen' : 'n/a';
}

function reasons({ cells }: Proof): string[] {
  const byReason = new Map<string, string[]>();
  for (const { model, mutant, cell } of cells) {
    if (cell.kind !== 'not applicable') continue;
    const title = MUTANTS.find(({ name }) => name === mutant)?.title ?? mutant;
    const key = `${title}: ${cell.reason}`;
    byReason.set(key, [...(byReason.get(key) ?? []), model]);
  }
  return [...byReason].map(([reason, models]) => `n/a  ${reason} (${models.join(', ')})`);
}

function verdict(proof: Proof): string[] {
  const differences = proof.wrong.flatMap(({ model, step, what, rows, examples }) => [
    `WRONG  ${model} ${what} in step ${step.number} (${step.name}${step.killed === null ? '' : `, killed: ${step.killed}`}): ${rows} rows`,
    ...examples.map((example) => `       ${example}`),
  ]);
  const missed = uncaught(proof).map((title) => `WRONG  nobody sees the mutant "${title}"`);
  if (differences.length + missed.length > 0) return [...differences, ...missed];
  return [
    `Every incremental model equals a full refresh after each of ${proof.steps.length} steps, and every mutant is caught (seed ${proof.seed}).`,
  ];
}
