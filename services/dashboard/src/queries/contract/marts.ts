import type { BuiltNode, BuiltTest } from '@ebb/contracts';
import type { MartContract, MartsContract } from '../../api/contract-schema.ts';
import type { ReportHead } from '../../api/report-schema.ts';
import { readBuiltNodes } from '../../warehouse/built-nodes.ts';
import type { Edition } from '../../warehouse/edition.ts';

/** What every published mart promises: its columns, what they mean, and the tests that the build passed. */
export async function readMarts(edition: Edition): Promise<Omit<MartsContract, keyof ReportHead>> {
  const nodes = await readBuiltNodes(edition);
  const marts = nodes.filter(({ kind, schema }) => kind === 'model' && schema === 'marts');
  return { marts: marts.map(contractOf).toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

function contractOf({ schema, name, description, isEnforced, columns, tests }: BuiltNode): MartContract {
  return {
    id: `table:${schema}.${name}`,
    name,
    description,
    isEnforced,
    columns: columns.map((column) => ({
      ...column,
      tests: namesOf(tests.filter((test) => test.column === column.name)),
    })),
    tests: namesOf(tests.filter(({ column }) => column === '')),
  };
}

/** A generic test is known by its kind, one that was written for the mart by its name. */
function namesOf(tests: readonly BuiltTest[]): string[] {
  return tests.map(({ kind, name }) => (kind === 'sql' || kind === 'unit' ? name : kind));
}
