import { EbbError, errorMessage } from '@ebb/core';
import { z } from 'zod';
import { formatTable } from '../commands/status-table.ts';

const status = z.object({
  epoch: z
    .object({
      number: z.number(),
      reason: z.string(),
      startedAt: z.string(),
      snapshotCompletedAt: z.string().nullable(),
    })
    .nullable(),
  connector: z
    .object({ name: z.string(), state: z.string(), task: z.string().nullable(), failure: z.string().nullable() })
    .nullable(),
  slot: z
    .object({
      name: z.string(),
      active: z.boolean(),
      walStatus: z.string().nullable(),
      lagBytes: z.number(),
      safeWalBytes: z.number().nullable(),
    })
    .nullable(),
  paused: z.boolean(),
  heartbeatAgeSeconds: z.number().nullable(),
  captureMs: z.number().nullable(),
  tables: z.array(z.object({ name: z.string(), captured: z.boolean() })),
  resnapshots: z.array(
    z.object({ table: z.string(), reason: z.string(), requestedAt: z.string(), signalled: z.boolean() }),
  ),
  problems: z.array(z.object({ code: z.string(), subject: z.string(), message: z.string(), advice: z.string() })),
});
export type CaptureStatus = z.infer<typeof status>;

/** What the connector's service says; raises NOT_REACHABLE. */
export async function readStatus(serviceUrl: string): Promise<CaptureStatus> {
  try {
    const response = await fetch(new URL('/status', serviceUrl), { signal: AbortSignal.timeout(10_000) });
    return status.parse(await response.json());
  } catch (error) {
    const message = `the service of the connector does not answer at ${serviceUrl}: ${errorMessage(error)}`;
    throw new EbbError('NOT_REACHABLE', message, { cause: error });
  }
}

export function formatStatus(found: CaptureStatus): string {
  const rows = [
    ['epoch', epochText(found)],
    ['connector', connectorText(found)],
    ['slot', slotText(found)],
    ['heartbeat', heartbeatText(found)],
    ['tables', tablesText(found)],
    ...found.resnapshots.map((one) => ['reading', `${one.table} again: ${one.reason}, asked for ${one.requestedAt}`]),
    ...found.problems.flatMap((one) => [
      ['problem', one.message],
      ['', `→ ${one.advice}`],
    ]),
  ];
  return formatTable(rows);
}

function epochText({ epoch }: CaptureStatus): string {
  if (epoch === null) return 'none yet';
  const snapshot = epoch.snapshotCompletedAt === null ? 'first snapshot under way' : 'first snapshot finished';
  return `${epoch.number} since ${epoch.startedAt} (${epoch.reason}), ${snapshot}`;
}

function connectorText({ connector, paused }: CaptureStatus): string {
  if (connector === null) return 'unknown: Kafka Connect does not answer';
  const state = connector.task === null ? connector.state : `${connector.state}, task ${connector.task}`;
  return `${connector.name}: ${state}${paused ? ' (paused by hand)' : ''}`;
}

function slotText({ slot }: CaptureStatus): string {
  if (slot === null) return 'not made yet';
  const safe = slot.safeWalBytes === null ? 'no limit' : `lost after ${megabytes(slot.safeWalBytes)} more`;
  const use = slot.active ? 'in use' : 'idle';
  return `${slot.name}: ${use}, ${megabytes(slot.lagBytes)} behind, ${safe}, ${slot.walStatus ?? 'unknown'}`;
}

function heartbeatText({ heartbeatAgeSeconds: age, captureMs }: CaptureStatus): string {
  const way = captureMs === null ? '' : `, in Kafka after ${captureMs} ms`;
  return age === null ? 'none' : `${age.toFixed(1)} s ago${way}`;
}

function tablesText({ tables }: CaptureStatus): string {
  const refused = tables.filter((table) => !table.captured).map((table) => table.name);
  const captured = tables.length - refused.length;
  return refused.length === 0 ? `${captured} captured` : `${captured} captured; refused: ${refused.join(', ')}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(bytes < 1024 ** 2 * 10 ? 1 : 0)} MB`;
}
