import type { Pool } from '@ebb/postgres';
import { z } from 'zod';

const conditionRow = z.object({
  condition: z.enum([
    'hop_silent',
    'hop_problem',
    'hop_late',
    'slot_at_risk',
    'slot_unread',
    'slot_behind',
    'dead_letters',
    'ledger_findings',
    'ledger_unchecked',
    'topic_silent',
  ]),
  subject: z.string(),
  since: z.date().nullable(),
  detail: z.string(),
  advice: z.string(),
});

/** Something on the way of events and changes that is not as it should be; `condition` and `subject` name it. */
export type StreamCondition = z.infer<typeof conditionRow>;

/** All there are at this moment, in a fixed order; none when all is well. The limits stand with the view. */
export async function streamConditions(db: Pick<Pool, 'query'>): Promise<StreamCondition[]> {
  const { rows } = await db.query(
    'SELECT condition, subject, since, detail, advice FROM ops.stream_conditions ORDER BY condition, subject',
  );
  return z.array(conditionRow).parse(rows);
}

export function formatConditions(conditions: readonly StreamCondition[]): string {
  if (conditions.length === 0) return 'Lag, slots, dead letters, ledger and freshness: all is well.';
  return conditions
    .map(({ condition, subject, detail, advice }) => `${condition}  ${subject}: ${detail}\n    → ${advice}`)
    .join('\n');
}
