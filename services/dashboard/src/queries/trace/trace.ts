import type { Traces } from '../../api/trace-schema.ts';
import { unlessAway } from '../../warehouse/unless-away.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import { readFindingsOf } from '../pipeline/ledger.ts';
import { readLettersOf } from '../quality/dead-letters.ts';
import type { Queryable } from '../rows.ts';
import { readBuildVector } from './build-vector.ts';
import { capturedTraces } from './captured-traces.ts';
import { findChanges, findRows } from './find-captured.ts';
import { readKeyedTables } from './keyed-tables.ts';
import { findInPostgres, findInWarehouse, webTraces } from './trace-web.ts';

/** How far back Postgres' web events are searched: longer than the warehouse is ever behind while all is well. */
const SEARCHED_MS = 15 * 60_000;
const MOST_TOLD = 20;

/**
 * Every web event and captured row with this id, hop by hop, as `ebb ledger trace` tells it, but from the stores alone: what
 * only the message says (its receipt) needs the log. Also what was refused and what the ledger found wrong under this id.
 */
export async function readTraces(
  { db, warehouse, nowMs }: { db: Queryable; warehouse: Warehouse; nowMs: number },
  id: string,
): Promise<Omit<Traces, 'serverTime' | 'id'>> {
  const tables = await readKeyedTables(db);
  const asked = await unlessAway(async () => {
    const [events, side, vector] = await Promise.all([
      findInWarehouse(warehouse, id),
      findChanges(warehouse, tables, id),
      readBuildVector(warehouse),
    ]);
    return { events, side, vector };
  });
  const { events = null, side = null, vector = null } = asked.answer ?? {};
  const from = new Date(nowMs - SEARCHED_MS);
  const inPostgres = await findInPostgres(db, id, { known: events ?? [], from });
  const rows = await findRows(db, tables, { id, known: side?.changes ?? [] });
  return {
    traces: [
      ...webTraces(id, { inPostgres, inWarehouse: events }, vector),
      ...capturedTraces(tables, { rows, side }, vector),
    ],
    letters: await readLettersOf(db, id, MOST_TOLD),
    findings: await readFindingsOf(db, id, MOST_TOLD),
    searchedFrom: from.toISOString(),
    warehouseProblem: asked.problem,
  };
}
