import { parseArgs } from 'node:util';
import { EbbError } from '@ebb/core';
import type { MainContext, Service } from '@ebb/runtime';
import { loadLedgerConfig } from '../config.ts';
import { createLedger } from '../create-ledger.ts';
import type { LedgerErrorCode } from '../errors.ts';
import type { Ledger } from '../ledger.ts';
import { formatTrace, trace } from '../trace/trace.ts';
import { describe, formatFindings, formatReport } from './report.ts';

type Run = (ledger: Ledger, args: readonly string[]) => Promise<void>;

interface LedgerCommand {
  readonly usage: string;
  readonly run: Run;
}

const JSON_FLAG = { json: { type: 'boolean', default: false } } as const;

const run: Run = async (ledger, args) => {
  const options = { ...JSON_FLAG, full: { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const report = await ledger.cycle({ isFull: values.full });
  write(values.json ? JSON.stringify(report) : formatReport(report));
  if (report.open.length > 0)
    throw new EbbError<LedgerErrorCode>('FINDINGS_OPEN', `${report.open.length} open findings`);
};

const show: Run = async (ledger, args) => {
  const { values } = parseArgs({ args: [...args], options: JSON_FLAG });
  const open = await ledger.findings.open();
  const { rows: cycles } = await ledger.stores.pool.query(
    'SELECT finished_at, rows_checked, engine_seconds, oldest_unverified_seconds, problems FROM ops.ledger_cycles ORDER BY id DESC LIMIT 1',
  );
  const { rows: coverage } = await ledger.stores.pool.query<Record<string, string>>(
    `SELECT table_name, count(*)::text AS ranges, sum(rows)::text AS rows, min(verified_at)::text AS oldest
     FROM ops.ledger_coverage WHERE range <> 'new' GROUP BY 1 ORDER BY 1`,
  );
  if (values.json) {
    write(JSON.stringify({ open, lastCycle: cycles[0] ?? null, coverage }));
    return;
  }
  const last = cycles[0] as { finished_at: Date; problems: string[] } | undefined;
  write(
    [
      last === undefined ? 'no round of checks was finished yet' : `last round ended ${last.finished_at.toISOString()}`,
      ...(last?.problems ?? []).map((problem) => `not checked: ${problem}`),
      ...coverage.map(
        (row) =>
          `${(row['table_name'] ?? '').padEnd(44)} ${(row['rows'] ?? '').padStart(12)} rows in ${row['ranges'] ?? ''} ranges, oldest check ${row['oldest'] ?? 'never'}`,
      ),
      ...formatFindings(open),
    ].join('\n'),
  );
};

const repair: Run = async (ledger, args) => {
  const { values, positionals } = parseArgs({ args: [...args], options: JSON_FLAG, allowPositionals: true });
  const before = await ledger.findings.open();
  const outcome = await ledger.repair(positionals.length === 0 ? null : positionals);
  const report = await ledger.cycle({ isFull: false });
  if (values.json) write(JSON.stringify({ outcome, verified: report.verified, open: report.open }));
  else {
    const failed = outcome.failed.map(({ id, problem }) => {
      const finding = before.find((one) => one.id === id);
      return `not repaired: ${finding === undefined ? id : describe({ ...finding, problem })}`;
    });
    write([`${outcome.repaired} repaired`, ...failed, formatReport(report)].join('\n'));
  }
  if (report.open.length > 0)
    throw new EbbError<LedgerErrorCode>('FINDINGS_OPEN', `${report.open.length} open findings`);
};

const traceOne: Run = async (ledger, args) => {
  const { values, positionals } = parseArgs({ args: [...args], options: JSON_FLAG, allowPositionals: true });
  const [id] = positionals;
  if (id === undefined) throw new EbbError<LedgerErrorCode>('NOT_FOUND', 'say which: ebb ledger trace ID');
  const traces = await trace(ledger, id);
  if (traces.length === 0)
    throw new EbbError<LedgerErrorCode>('NOT_FOUND', `no event, order or customer has the id ${id}`);
  write(values.json ? JSON.stringify(traces) : formatTrace(traces));
};

const COMMANDS: Readonly<Record<string, LedgerCommand>> = {
  run: { usage: 'ebb ledger run [--full] [--json]     check now; --full: every row, whatever it takes', run },
  show: { usage: 'ebb ledger show [--json]             what is open, and how old the oldest check is', run: show },
  trace: { usage: 'ebb ledger trace ID [--json]         the way of one event, order or customer', run: traceOne },
  repair: { usage: 'ebb ledger repair [FINDING…] [--json]  repair what is open, and check it', run: repair },
};

export function isCommand(args: readonly string[]): boolean {
  return args.length > 0;
}

/** One question or action, then the end. */
export function buildCommand({ logger, releasers, env, args }: MainContext): Service {
  const [name = '', ...rest] = args;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const work = async (): Promise<void> => {
    if (command === undefined || rest.includes('--help')) {
      write(
        Object.values(COMMANDS)
          .map(({ usage }) => usage)
          .join('\n'),
      );
      return;
    }
    await command.run(createLedger(loadLedgerConfig(env), { logger, releasers }), rest);
  };
  return { run: work, stop: () => Promise.resolve() };
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}
