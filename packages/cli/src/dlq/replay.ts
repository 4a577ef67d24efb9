import type { Policy } from '@ebb/contracts';
import type { Producer } from '@ebb/kafka';
import type { Pool } from '@ebb/postgres';
import {
  type LetterFilter,
  lettersAfter,
  type LetterPosition,
  markReplayed,
  type StoredLetter,
} from './dead-letter-queries.ts';
import { REPLAY_TOPICS, type Replayable, replayMessage, type ReplayTopics } from './replay-message.ts';

const PAGE_SIZE = 500;

export interface ReplayDeps {
  readonly pool: Pool;
  /** Null: a dry run. */
  readonly producer: Producer | null;
  readonly policy: Policy;
  readonly nowMs: number;
  readonly topics?: ReplayTopics;
}

export interface ReplayOutcome {
  sent: number;
  /** Letters that stay, and why. */
  kept: { id: string; reason: string }[];
}

/**
 * Sends the payloads of the chosen letters to their topics again. Each page is marked after the broker acknowledged it;
 * a crash in between sends a page twice, which the identity of the events makes harmless.
 */
export async function replayLetters(deps: ReplayDeps, filter: LetterFilter): Promise<ReplayOutcome> {
  const outcome: ReplayOutcome = { sent: 0, kept: [] };
  let after: LetterPosition | null = null;
  for (;;) {
    const letters: StoredLetter[] = await lettersAfter(deps.pool, filter, { after, limit: PAGE_SIZE });
    const last = letters.at(-1);
    if (last === undefined) return outcome;
    await replayPage(deps, letters, outcome);
    after = { failedAt: last.failed_at, id: last.id };
  }
}

async function replayPage(deps: ReplayDeps, letters: readonly StoredLetter[], outcome: ReplayOutcome): Promise<void> {
  const ids: string[] = [];
  const byTopic = new Map<string, Replayable['message'][]>();
  for (const letter of letters) {
    const options = { nowMs: deps.nowMs, topics: deps.topics ?? REPLAY_TOPICS };
    const replayable = replayMessage(letter, deps.policy, options);
    if (!replayable.ok) {
      outcome.kept.push({ id: letter.id, reason: replayable.error });
      continue;
    }
    const { topic, message } = replayable.value;
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), message]);
    ids.push(letter.id);
  }
  outcome.sent += ids.length;
  if (deps.producer === null || ids.length === 0) return;
  await deps.producer.sendBatch(Array.from(byTopic, ([topic, messages]) => ({ topic, messages })));
  await markReplayed(deps.pool, ids);
}
