import { type ConfigOf, envInteger, envNumber, envText } from '@ebb/config';
import { z } from 'zod';
import { durationMs, startTime } from '../flag-types.ts';
import { optionalFlag, switchFlag, valueFlag } from '../flags.ts';

/** The fixture's source: a simulated bank beside it would change its figures. */
export const BANK_FIXTURE_SOURCE = 'bank';

export const crmFlags = {
  rate: valueFlag('--rate', envNumber({ min: 0.001, max: 100_000 }), {
    description: 'row changes per second of the live part, open loop',
    default: '10',
  }),
  batch: optionalFlag(
    '--batch',
    envInteger({ min: 1, max: 50_000 }),
    'row changes per transaction at least; small ones are put together [20 ms of the rate]',
  ),
  kind: valueFlag('--kind', z.enum(['shop', 'bank']), {
    description: 'shop (customers are the master ids) or bank',
    default: 'shop',
  }),
  source: optionalFlag(
    '--source',
    z.string().regex(/^[a-z][a-z0-9_]{0,31}$/),
    'world the rows belong to [shop, bank_sim]',
  ),
  customers: valueFlag('--customers', envInteger({ min: 1, max: 5_000_000 }), {
    description: 'accounts there are at the start; later ones replace those who leave',
    default: '2000',
  }),
  history: valueFlag('--history', durationMs(), {
    description: 'life before the start, written at once; such as 90d',
    default: '90d',
  }),
  start: optionalFlag(
    '--start',
    startTime(),
    'begin of the live part: now, a day or an ISO 8601 time; given, a run goes on as if it had never stopped [now]',
  ),
  duration: optionalFlag('--duration', durationMs(), 'end after this time of the live part; 0s: the history alone'),
  count: optionalFlag('--count', envInteger({ min: 1 }), 'end after this many row changes'),
  seed: valueFlag('--seed', envText(), {
    description: 'seed of everything drawn; as --seed of the shop',
    default: '42',
  }),
  out: optionalFlag('--out', envText(), 'write the changes as NDJSON to a file instead, - for standard output'),
  truth: optionalFlag('--truth', envText(), 'Parquet file of the latent truth'),
  restart: switchFlag('--restart', "delete the source's rows and begin anew"),
  json: switchFlag('--json', 'print the counts as JSON at the end'),
};

export type CrmFlags = ConfigOf<typeof crmFlags>;

export const crmRules = [
  (flags: CrmFlags): string | null =>
    flags.source === BANK_FIXTURE_SOURCE
      ? `--source ${BANK_FIXTURE_SOURCE} is the fixture of 20 customers; take another name, such as bank_sim`
      : null,
  (flags: CrmFlags): string | null =>
    flags.out !== null && flags.count === null && flags.duration === null
      ? '--out needs an end: --count or --duration'
      : null,
];
