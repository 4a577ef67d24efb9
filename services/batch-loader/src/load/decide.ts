import { unreachable } from '@ebb/core';
import type { Claim } from '../datasets/dataset.ts';
import type { KnownFile } from '../ledger/files-store.ts';
import type { FoundFile } from '../source/file-source.ts';
import type { VisibleLoads } from './visible-loads.ts';

/** Whether a file must be looked into; false: nothing changed since it was decided on. */
export function needsReading(
  file: FoundFile,
  claim: Claim,
  known: KnownFile | null,
  visible: Pick<VisibleLoads, 'named' | 'nameOfContent'>,
): boolean {
  if (known === null || known.version !== file.version) return true;
  const dataset = claim.dataset.name;
  switch (known.status) {
    case 'waiting':
    case 'loading':
    case 'failed':
      return true;
    case 'quarantined':
    case 'withdrawn':
    case 'replaced':
      return false;
    // The warehouse decides: one that was set back to an older state gets the file again.
    case 'loaded':
      return (visible.named(dataset, claim.name)?.loadId ?? 0) < (known.loadId ?? 0);
    // What it is a copy of may be replaced by now, and this be the only one with its content.
    case 'duplicate':
      return known.sha256 === null || visible.nameOfContent(dataset, known.sha256, claim.name) === null;
    default:
      return unreachable(known.status);
  }
}
