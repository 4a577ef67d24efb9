import { writeParquet, required, root, type SchemaElement } from '../parquet.ts';
import { CHANNELS, COUNTRIES, DEVICES, TIERS } from './attributes.ts';
import { customerId } from './customer-traits.ts';
import type { Population } from './population.ts';
import type { WorldOptions } from './shop-world.ts';

const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
const NUMBER = { type: 'DOUBLE' } as const;
const TIME = { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' } as const;

const SCHEMA: SchemaElement[] = [
  root(11),
  required('user_id', TEXT),
  required('lambda_per_day', NUMBER),
  required('dropout', NUMBER),
  required('spend_mean', NUMBER),
  required('acquired_at', TIME),
  { name: 'alive_until', repetition_type: 'OPTIONAL', ...TIME },
  required('purchases', { type: 'INT32' }),
  required('country', TEXT),
  required('subscription_tier', TEXT),
  required('acquisition_channel', TEXT),
  required('main_device', TEXT),
];

/**
 * Writes what no observer of the events can know: one row per customer so far. `alive_until` is null for who is still
 * active at `until` (in the file's metadata, beside the world's options and parameters).
 */
export function writeTruth(path: string, population: Population, options: WorldOptions, untilMs: number): void {
  writeParquet(path, {
    schema: SCHEMA,
    rows: population.acquired,
    metadata: {
      until: new Date(untilMs).toISOString(),
      start: new Date(options.startMs).toISOString(),
      world: options.kind,
      seed: options.seed,
      parameters: JSON.stringify({ ...options.parameters, alpha: population.alpha }),
    },
    columns: (from, to) => {
      const rows = Array.from({ length: to - from }, (_, row) => from + row);
      const names = (values: Uint8Array, all: readonly string[]): string[] =>
        rows.map((row) => all[values[row] ?? 0] ?? '');
      const times = (values: Float64Array): (Date | null)[] =>
        rows.map((row) => {
          const timeMs = values[row] ?? Number.NaN;
          return Number.isNaN(timeMs) ? null : new Date(Math.floor(timeMs));
        });
      return [
        { name: 'user_id', data: rows.map((row) => customerId(options.seed, row)) },
        { name: 'lambda_per_day', data: population.lambda.slice(from, to) },
        { name: 'dropout', data: population.dropout.slice(from, to) },
        { name: 'spend_mean', data: population.spendMean.slice(from, to) },
        { name: 'acquired_at', data: times(population.acquiredMs) },
        { name: 'alive_until', data: times(population.aliveUntilMs) },
        { name: 'purchases', data: new Int32Array(population.purchases.slice(from, to)) },
        {
          name: 'country',
          data: names(
            population.country,
            COUNTRIES.map(([name]) => name),
          ),
        },
        { name: 'subscription_tier', data: names(population.tier, TIERS) },
        {
          name: 'acquisition_channel',
          data: names(
            population.channel,
            CHANNELS.map(([name]) => name),
          ),
        },
        { name: 'main_device', data: names(population.device, DEVICES) },
      ];
    },
  });
}
