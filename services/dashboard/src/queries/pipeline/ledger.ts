import type {
  Finding,
  Findings,
  FindingState,
  Ledger,
  LedgerCoverage,
  LedgerCycle,
} from '../../api/pipeline-schema.ts';
import { type Page, type Queryable, toCount, toIso } from '../rows.ts';

const NEWEST_CYCLES = 10;

/** What the ledger checked last, what it covers, and what it found by state. */
export async function readLedger(db: Queryable): Promise<Omit<Ledger, 'serverTime'>> {
  const [cycles, coverage, states] = await Promise.all([readCycles(db), readCoverage(db), readStates(db)]);
  return { cycles, coverage, states };
}

interface CycleRow {
  started_at: Date;
  finished_at: Date;
  rows_checked: string;
  engine_seconds: number;
  open_findings: number;
  oldest_unverified_seconds: number | null;
  problems: string[];
}

async function readCycles(db: Queryable): Promise<LedgerCycle[]> {
  const { rows } = await db.query<CycleRow>(
    `SELECT started_at, finished_at, rows_checked, engine_seconds, open_findings, oldest_unverified_seconds, problems
     FROM ops.ledger_cycles ORDER BY id DESC LIMIT ${NEWEST_CYCLES}`,
  );
  return rows.map((row) => ({
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at.toISOString(),
    rows: toCount(row.rows_checked),
    engineSeconds: row.engine_seconds,
    openFindings: row.open_findings,
    oldestUnverifiedSeconds: row.oldest_unverified_seconds,
    problems: row.problems,
  }));
}

interface CoverageRow {
  table_name: string;
  ranges: string;
  rows: string;
  oldest: Date | null;
}

async function readCoverage(db: Queryable): Promise<LedgerCoverage[]> {
  const { rows } = await db.query<CoverageRow>(
    `SELECT table_name, count(*) AS ranges, sum(rows) AS rows,
       CASE WHEN bool_and(verified_at IS NOT NULL) THEN min(verified_at) END AS oldest
     FROM ops.ledger_coverage WHERE range <> 'new' GROUP BY table_name ORDER BY table_name`,
  );
  return rows.map((row) => ({
    table: row.table_name,
    ranges: toCount(row.ranges),
    rows: toCount(row.rows),
    oldestVerifiedAt: toIso(row.oldest),
  }));
}

const STATE = `CASE WHEN closed_at IS NOT NULL THEN 'closed' WHEN repaired_at IS NOT NULL THEN 'repaired' ELSE 'open' END`;

async function readStates(db: Queryable): Promise<Ledger['states']> {
  const { rows } = await db.query<{ state: FindingState; findings: string }>(
    `SELECT ${STATE} AS state, count(*) AS findings FROM ops.ledger GROUP BY 1`,
  );
  const known = new Map(rows.map((row) => [row.state, toCount(row.findings)]));
  return { open: known.get('open') ?? 0, repaired: known.get('repaired') ?? 0, closed: known.get('closed') ?? 0 };
}

interface FindingRow {
  id: string;
  table_name: string;
  key: Record<string, string>;
  kind: string;
  hop: string | null;
  store: string;
  first_seen: Date;
  repaired_at: Date | null;
  closed_at: Date | null;
  problem: string | null;
}

/** Not the evidence: it may hold what a row said. */
const FINDING = 'id, table_name, key, kind, hop, store, first_seen, repaired_at, closed_at, problem';

/** Findings of a state, or of all, the newest first. */
export async function readFindings(
  db: Queryable,
  state: FindingState | null,
  page: Page,
): Promise<Omit<Findings, 'serverTime'>> {
  const chosen = `($1::text IS NULL OR ${STATE} = $1)`;
  const total = await db.query<{ total: string }>(`SELECT count(*) AS total FROM ops.ledger WHERE ${chosen}`, [state]);
  const { rows } = await db.query<FindingRow>(
    `SELECT ${FINDING} FROM ops.ledger WHERE ${chosen} ORDER BY id DESC LIMIT $2 OFFSET $3`,
    [state, page.limit, page.offset],
  );
  return { total: toCount(total.rows[0]?.total), ...page, findings: rows.map(findingOf) };
}

/** Findings about a row one of whose key columns has this value, the newest first. */
export async function readFindingsOf(db: Queryable, id: string, limit: number): Promise<Finding[]> {
  const { rows } = await db.query<FindingRow>(
    `SELECT ${FINDING} FROM ops.ledger
     WHERE jsonb_path_exists(key, '$.* ? (@ == $id)', jsonb_build_object('id', $1::text))
     ORDER BY id DESC LIMIT $2`,
    [id, limit],
  );
  return rows.map(findingOf);
}

function findingOf(row: FindingRow): Finding {
  return {
    id: row.id,
    table: row.table_name,
    key: row.key,
    kind: row.kind,
    hop: row.hop,
    store: row.store,
    firstSeen: row.first_seen.toISOString(),
    repairedAt: toIso(row.repaired_at),
    closedAt: toIso(row.closed_at),
    problem: row.problem,
  };
}
