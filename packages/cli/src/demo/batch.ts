import { join } from 'node:path';
import { type Clickhouse, currentPublication } from '@ebb/clickhouse';
import { EbbError, must } from '@ebb/core';
import { z } from 'zod';
import type { ChildCommands } from '../child-commands.ts';
import type { StackHome } from '../stack/home.ts';

export interface BatchOptions {
  readonly home: StackHome;
  readonly commands: ChildCommands;
  readonly clickhouse: Clickhouse;
  readonly print: (line: string) => void;
}

/**
 * The same year a second time, as the files a retailer sends day by day: into the object store, loaded, built and tested
 * by dbt, published; then the figures it came to. Raises NOT_EQUAL when the revenue bridge leaves anything unexplained.
 */
export async function showBatch({ home, commands, clickhouse, print }: BatchOptions): Promise<void> {
  const folder = join(home.root, 'demo', 'daily_sales');
  print(
    '\nThe same year as the retailer’s daily files, through the object store into ClickHouse, built and tested by dbt:',
  );
  print(lastLine(await commands.capture(['datasets', 'retail-daily', folder])));
  print(lastLine(await commands.capture(['upload', folder])));
  // The loader of the stack has found most of them already.
  print(lastLine(await commands.capture(['load'])));
  await commands.run(['build']);
  const { database } = must(await currentPublication(clickhouse), 'a build that was just published');
  for (const line of await figureLines(clickhouse, database)) print(line);
  const bridge = await readBridge(clickhouse, database);
  print('\nRevenue, from the live orders down to what the segments are made of, GBP:');
  for (const line of bridgeLines(bridge)) print(line);
  const unexplained = bridge.filter(({ difference }) => Number(difference) !== 0);
  if (unexplained.length === 0) return;
  const names = unexplained.map(({ name, difference }) => `${name} (${difference})`).join(', ');
  throw new EbbError('NOT_EQUAL', `the revenue bridge does not add up at ${names}; this is a defect, please report it`);
}

const FIGURES = z.array(z.object({ figure: z.string(), value: z.string().nullable(), unit: z.string() }));

async function figureLines(clickhouse: Clickhouse, database: string): Promise<string[]> {
  const rows = FIGURES.parse(
    await clickhouse.query(
      `SELECT figure, toString(value) AS value, unit FROM ${database}.retail_figures ORDER BY position`,
    ),
  );
  return rows.map(
    ({ figure, value, unit }) =>
      `${figure.replaceAll('_', ' ').padEnd(36)}${formatted(value, unit === 'GBP' ? 2 : 0).padStart(18)}  ${unit}`,
  );
}

const BRIDGE = z.array(
  z.object({
    name: z.string(),
    role: z.enum(['total', 'change']),
    amount: z.string(),
    difference: z.string(),
  }),
);
type BridgeStep = z.output<typeof BRIDGE>[number];

async function readBridge(clickhouse: Clickhouse, database: string): Promise<BridgeStep[]> {
  return BRIDGE.parse(
    await clickhouse.query(
      `SELECT name, role, toString(amount) AS amount, toString(difference) AS difference
       FROM ${database}.retail_revenue_bridge ORDER BY step`,
    ),
  );
}

function bridgeLines(steps: readonly BridgeStep[]): string[] {
  return steps
    .filter(({ role, amount }) => role === 'total' || Number(amount) !== 0)
    .map(({ name, role, amount }) => {
      const text = formatted(amount, 2);
      const shown = role === 'change' && !amount.startsWith('-') ? `+${text}` : text;
      return `${role === 'total' ? '' : '  '}${name}`.padEnd(48) + shown.padStart(18);
    });
}

/** A decimal as text with its thousands set apart and at least so many decimals; never by way of a float. */
export function formatted(value: string | null, decimals: number): string {
  if (value === null) return '–';
  const [whole = '', fraction = ''] = value.split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',');
  const shown = fraction.padEnd(decimals, '0');
  return shown === '' ? grouped : `${grouped}.${shown}`;
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
