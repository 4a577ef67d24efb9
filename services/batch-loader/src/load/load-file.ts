import type { Clickhouse } from '@ebb/clickhouse';
import { must, utcDay } from '@ebb/core';
import type { Claim } from '../datasets/dataset.ts';
import { FileRefused } from '../errors.ts';
import type { FormatLoad } from '../formats/format.ts';
import { loadCsv } from '../formats/load-csv.ts';
import { loadDocuments } from '../formats/load-documents.ts';
import { loadParquet } from '../formats/load-parquet.ts';
import type { CopyTarget } from '../formats/parquet-copy.ts';
import type { FilesStore } from '../ledger/files-store.ts';
import type { Content } from '../source/content.ts';
import { gunzip } from '../source/decompress.ts';
import type { LoadFacts } from './load-columns.ts';
import { Quarantine } from './quarantine.ts';
import type { VisibleLoads } from './visible-loads.ts';

export interface LoadRules {
  readonly needsFinalNewline: boolean;
}

export interface LoadDeps {
  readonly clickhouse: Clickhouse;
  readonly files: FilesStore;
  readonly visible: VisibleLoads;
  readonly rules: LoadRules;
  /** Null: documents are not copied to Parquet. */
  readonly copies: CopyTarget | null;
  readonly now: () => number;
}

export type FileResult =
  | { readonly status: 'loaded'; readonly rows: number; readonly rejected: number; readonly rules: readonly string[] }
  | { readonly status: 'quarantined'; readonly rules: readonly string[]; readonly message: string }
  /** It ends too early; perhaps the rest is still to come. */
  | { readonly status: 'truncated'; readonly refusal: FileRefused; readonly refuse: () => Promise<FileResult> };

/** So many refused lines may be chance; beyond, and more than half: it is no file of this data set. */
const MIN_REFUSED_LINES = 100;
const MAX_REFUSED_SHARE = 0.5;

/** Loads one content. Its rows are visible when this ends, or not at all; repeating it after any interruption is right. */
export async function loadContent(deps: LoadDeps, fileId: string, claim: Claim, content: Content): Promise<FileResult> {
  const loadId = await deps.files.nextLoadId(deps.visible.highestLoadId);
  await deps.files.begin(fileId, loadId, content.sha256);
  const loadedAtMs = deps.now();
  const facts = { loadId, claim, loadedAtMs, processingDay: claim.day ?? utcDay(loadedAtMs) };
  const quarantine = new Quarantine(deps.clickhouse, facts);
  try {
    const rows = await readRows(deps, { facts, quarantine, content });
    await quarantine.flush();
    return await show(deps, fileId, { facts, quarantine, content, rows });
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    const refuse = (): Promise<FileResult> => refuseFile(deps, fileId, { facts, quarantine, refusal: error });
    const isCut = error.broken.some(({ rule }) => rule === 'file_truncated');
    return isCut ? { status: 'truncated', refusal: error, refuse } : await refuse();
  }
}

interface Reading {
  facts: LoadFacts;
  quarantine: Quarantine;
  content: Content;
}

async function readRows(deps: LoadDeps, { facts, quarantine, content }: Reading): Promise<number> {
  const load: FormatLoad = {
    clickhouse: deps.clickhouse,
    facts,
    quarantine,
    content,
    chunks: () => (facts.claim.isGzipped ? gunzip(content) : content.stream()),
    needsFinalNewline: deps.rules.needsFinalNewline,
    copies: deps.copies,
  };
  const rows = await readFormat(load);
  const refused = quarantine.lines;
  const isMost = refused >= MIN_REFUSED_LINES && refused > (rows + refused) * MAX_REFUSED_SHARE;
  if (isMost || (rows === 0 && refused > 0)) {
    const detail = `${refused} of ${rows + refused} rows are refused: this is no file of ${facts.claim.dataset.name}`;
    throw new FileRefused([{ rule: 'file_mostly_refused', detail }]);
  }
  return rows;
}

function readFormat(load: FormatLoad): Promise<number> {
  const { dataset, format } = load.facts.claim;
  if (dataset.isDocuments === true) return loadDocuments(load);
  if (format === 'parquet') return loadParquet(load, must(dataset.parquet, `${dataset.name} has no Parquet columns`));
  return loadCsv(load, must(dataset.csv, `${dataset.name} has no CSV columns`));
}

async function show(
  { files, visible }: LoadDeps,
  fileId: string,
  { facts, quarantine, content, rows }: Reading & { rows: number },
): Promise<FileResult> {
  const { loadId, claim, processingDay } = facts;
  const rejected = quarantine.lines;
  const { rules } = quarantine;
  await visible.show({ facts, sha256: content.sha256, bytes: content.bytes, rows, rejected });
  await files.finish(fileId, { status: 'loaded', loadId, rows, rejected, rules, processingDay });
  await files.markReplaced(claim.dataset.name, claim.name, loadId);
  return { status: 'loaded', rows, rejected, rules };
}

async function refuseFile(
  { files }: LoadDeps,
  fileId: string,
  { facts, quarantine, refusal }: { facts: LoadFacts; quarantine: Quarantine; refusal: FileRefused },
): Promise<FileResult> {
  quarantine.file(refusal.broken, refusal.raw);
  await quarantine.flush();
  const { rules } = quarantine;
  const { loadId, processingDay } = facts;
  const rejected = quarantine.lines;
  await files.finish(fileId, {
    status: 'quarantined',
    loadId,
    rejected,
    rules,
    message: refusal.message,
    processingDay,
  });
  return { status: 'quarantined', rules, message: refusal.message };
}
