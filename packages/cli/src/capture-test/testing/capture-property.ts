import { SeededRandom, sleep } from '@ebb/core';
import {
  createStatements,
  planWorkload,
  playRace,
  RACES,
  raceTableStatements,
  type Round,
  WorkloadRunner,
  workloadTables,
} from '@ebb/testing';
import type { TableName } from '../../capture-check/table-shape.ts';
import type { CaptureStack } from './capture-stack.ts';
import { repeatMessages } from './repeat-messages.ts';

export interface PropertyOptions {
  seed: string;
  /** Segments of the workload; a disturbance begins each but the first. */
  segments: number;
  roundsPerSegment: number;
  connections: number;
  print: (line: string) => void;
}

export interface PropertyOutcome {
  tables: TableName[];
  statements: number;
  committed: number;
  repeated: number;
  disturbances: string[];
}

const DISTURBANCES = [
  'kill connect',
  'repeat messages',
  'snapshot',
  'kill cdc-sink',
  'kill connect twice',
  'kill clickhouse',
  'kill kafka',
] as const;
type Disturbance = (typeof DISTURBANCES)[number];

/** Random transactions, races and disturbances; afterwards ClickHouse has to come to what Postgres is. */
export async function playProperty(stack: CaptureStack, options: PropertyOptions): Promise<PropertyOutcome> {
  const prefix = `w${new SeededRandom(options.seed).uint32().toString(36)}`;
  const workload = workloadTables(prefix);
  const race = { schema: 'crm', name: `${prefix}_race` };
  for (const statement of [...createStatements(prefix, workload), ...raceTableStatements(race)]) {
    await stack.pool.query(statement);
  }
  const tables = [...workload, race].map(({ schema, name }) => ({ schema, table: name }));
  const random = new SeededRandom(`${options.seed}/disturbances`);
  const plan = planWorkload({ seed: options.seed, tables: workload, connections: options.connections });
  const runner = await WorkloadRunner.connect(stack.postgresUrl, options.connections);
  const outcome: PropertyOutcome = { tables, statements: 0, committed: 0, repeated: 0, disturbances: [] };
  try {
    for (let segment = 0; segment < options.segments; segment += 1) {
      const kind = segment === 0 ? null : DISTURBANCES[(segment - 1) % DISTURBANCES.length];
      if (kind) outcome.disturbances.push(kind);
      const disturbed = kind ? disturb(stack, kind, tables, random) : 0;
      const raced = playRace(stack.postgresUrl, race, RACES[segment % RACES.length] ?? 'insert', segment);
      await playRounds(runner, plan, options.roundsPerSegment);
      await raced;
      outcome.repeated += await disturbed;
      options.print(`segment ${segment + 1}: ${outcome.disturbances.at(-1) ?? '-'} ${JSON.stringify(runner.counts)}`);
    }
  } finally {
    await runner.end();
  }
  return { ...outcome, statements: runner.counts.statements, committed: runner.counts.committed };
}

/**
 * ClickHouse has come to what Postgres is, and stays there when every topic's old messages come once more, after all
 * newer ones. Returns how many came.
 */
export async function settle(
  stack: CaptureStack,
  outcome: PropertyOutcome,
  seed: string,
  timeoutMs: number,
): Promise<number> {
  await stack.untilEqual(outcome.tables, timeoutMs);
  const topics = outcome.tables.map(topicOf);
  const repeated = await repeatMessages(stack.brokers, topics, new SeededRandom(`${seed}/again`));
  await stack.untilConsumed(topics, timeoutMs);
  const differences = await stack.differences(outcome.tables);
  if (differences.length > 0) throw new Error(`after repeated messages:\n${differences.join('\n')}`);
  return repeated;
}

function topicOf({ schema, table }: TableName): string {
  return `cdc.${schema}.${table}`;
}

async function playRounds(runner: WorkloadRunner, plan: Generator<Round, never>, count: number): Promise<void> {
  for (let round = 0; round < count; round += 1) await runner.play(plan.next().value);
}

/** Returns how many messages were repeated. */
async function disturb(
  stack: CaptureStack,
  kind: Disturbance,
  tables: readonly TableName[],
  random: SeededRandom,
): Promise<number> {
  switch (kind) {
    case 'repeat messages':
      return repeatMessages(stack.brokers, tables.map(topicOf), random);
    case 'snapshot': {
      const { schema, table } = random.pick(tables);
      await stack.ebb('cdc', 'resnapshot', `${schema}.${table}`);
      return 0;
    }
    case 'kill connect twice':
      await stack.kill('connect');
      // Again while it is still taking up what it had not stored.
      await sleep(8_000 + random.int(4_000));
      await stack.kill('connect');
      return 0;
    case 'kill connect':
    case 'kill cdc-sink':
    case 'kill clickhouse':
    case 'kill kafka':
      await sleep(random.int(500));
      await stack.kill(kind.replace('kill ', '') as 'connect');
      return 0;
    default:
      return kind satisfies never;
  }
}
