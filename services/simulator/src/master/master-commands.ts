import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { envInteger, envText } from '@ebb/config';
import { DAY_MS } from '@ebb/core';
import type { MainContext, Service } from '@ebb/runtime';
import { type Command, oneShot, writeOut } from '../command.ts';
import { calendarDay } from '../flag-types.ts';
import { describeFlags, invalidArguments, optionalFlag, readFlags, valueFlag } from '../flags.ts';
import { DEFAULT_PARAMETERS } from '../world/parameters.ts';
import { masterIdChunks } from './master-ids.ts';
import { writeProfiles } from './profiles.ts';

const common = {
  count: valueFlag('--count', envInteger({ min: 0, max: 1_000_000_000 }), {
    description: 'customers; as --customers of simulate',
    default: '200000',
  }),
  seed: valueFlag('--seed', envText(), { description: 'seed; as --seed of simulate', default: '42' }),
};

const idFlags = {
  ...common,
  out: valueFlag('--out', envText(), {
    description: 'NDJSON file, - for standard output',
    default: 'customer_ids.ndjson',
  }),
};

const profileFlags = {
  ...common,
  out: valueFlag('--out', envText(), { description: 'Parquet file', default: 'customer_profiles.parquet' }),
  asOf: optionalFlag('--as-of', calendarDay(), 'day of the profiles, YYYY-MM-DD; today unless given'),
};

export const masterIdsCommand: Command = {
  usage: 'master-ids [flags]                     the list of customer ids that every generator shares',
  help: () => describeFlags(idFlags),
  build: buildMasterIds,
};

export const profilesCommand: Command = {
  usage: 'profiles [flags]                       profiles of these customers',
  help: () => describeFlags(profileFlags),
  build: buildProfiles,
};

function buildMasterIds(_context: MainContext, args: string[]): Promise<Service> {
  const { flags, operands } = readFlags(args, idFlags);
  refuseOperands(operands);
  return Promise.resolve(
    oneShot(async (signal) => {
      const file = flags.out === '-' ? null : createWriteStream(flags.out);
      for (const chunk of masterIdChunks(flags.seed, flags.count)) {
        if (signal.aborted) break;
        if (file === null) await writeOut(chunk);
        else if (!file.write(chunk)) await once(file, 'drain');
      }
      if (file === null) return;
      file.end();
      await once(file, 'close');
    }),
  );
}

function buildProfiles(_context: MainContext, args: string[]): Promise<Service> {
  const { flags, operands } = readFlags(args, profileFlags);
  refuseOperands(operands);
  const asOfMs = flags.asOf ?? Math.floor(Date.now() / DAY_MS) * DAY_MS;
  return Promise.resolve(
    oneShot(() => {
      const traits = { seed: flags.seed, kind: 'bgnbd' as const, parameters: DEFAULT_PARAMETERS };
      writeProfiles(flags.out, { ...traits, customers: flags.count, asOfMs });
      return Promise.resolve();
    }),
  );
}

function refuseOperands(operands: readonly string[]): void {
  if (operands.length > 0) throw invalidArguments(`unexpected argument ${String(operands[0])}`);
}
