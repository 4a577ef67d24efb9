import { SeededRandom } from '@ebb/core';
import { drawStep, type StepKind } from './statements.ts';
import type { WorkloadTable } from './workload-tables.ts';

export interface PlannedTransaction {
  /** In order; the last one is COMMIT or ROLLBACK. */
  statements: string[];
  kinds: StepKind[];
  commits: boolean;
}

/** Transactions that run at the same time, a connection each. */
export interface Round {
  transactions: PlannedTransaction[];
  /** Whose next statement is sent; every transaction stands in it as often as it has statements. */
  order: number[];
}

export interface WorkloadOptions {
  seed: string;
  tables: readonly WorkloadTable[];
  /** At most so many transactions at once. */
  connections: number;
}

/** Endless; the same seed gives the same rounds. */
export function* planWorkload(options: WorkloadOptions): Generator<Round, never> {
  const random = new SeededRandom(`${options.seed}/workload`);
  for (;;) yield drawRound(random, options);
}

function drawRound(random: SeededRandom, { tables, connections }: WorkloadOptions): Round {
  const count = 1 + random.int(connections);
  const transactions = Array.from({ length: count }, () => drawTransaction(random, tables));
  const left = transactions.flatMap(({ statements }, index) => statements.map(() => index));
  const order: number[] = [];
  while (left.length > 0) order.push(...left.splice(random.int(left.length), 1));
  return { transactions, order };
}

function drawTransaction(random: SeededRandom, tables: readonly WorkloadTable[]): PlannedTransaction {
  const length = random.weighted([
    [1, 5],
    [2, 3],
    [4, 2],
    [12, 0.5],
  ]);
  const steps = Array.from({ length }, () => drawStep(random, tables));
  const commits = random.bool(0.88);
  const end = commits ? 'COMMIT' : 'ROLLBACK';
  return {
    statements: ['BEGIN', ...steps.flatMap((step) => step.statements), end],
    kinds: steps.map((step) => step.kind),
    commits,
  };
}
