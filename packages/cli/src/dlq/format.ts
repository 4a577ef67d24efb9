import { formatTable } from '../commands/status-table.ts';
import type { ReasonCount, StoredLetter } from './dead-letter-queries.ts';
import type { ReplayOutcome } from './replay.ts';

const SHOWN_MESSAGE = 60;
const SHOWN_KEPT = 20;

export function formatCounts(counts: readonly ReasonCount[]): string {
  const header = ['REASON', 'SERVICE', 'LETTERS', 'NOT REPLAYED', 'FIRST', 'LAST'];
  const rows = counts.map((count) => [
    count.code,
    count.service,
    count.letters,
    count.not_replayed,
    timeText(count.first),
    timeText(count.last),
  ]);
  return formatTable([header, ...rows]);
}

export function formatLetters(letters: readonly StoredLetter[]): string {
  const header = ['ID', 'FAILED', 'REASON', 'KIND', 'POSITION', 'REPLAYED', 'MESSAGE'];
  const rows = letters.map((letter) => [
    letter.id,
    timeText(letter.failed_at),
    letter.code,
    letter.kind,
    position(letter),
    letter.replayed_at === null ? '-' : timeText(letter.replayed_at),
    shorten(letter.message),
  ]);
  return formatTable([header, ...rows]);
}

/** Everything about one letter; the payload as text where it is UTF-8, else in base64. */
export function describeLetter(letter: StoredLetter): Record<string, unknown> {
  const { payload, ...fields } = letter;
  const text = payload.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(payload);
  return { ...fields, ...(isText ? { payload: text } : { payload_base64: payload.toString('base64') }) };
}

export function formatOutcome(outcome: ReplayOutcome, isDryRun: boolean): string {
  const shown = outcome.kept.slice(0, SHOWN_KEPT).map(({ id, reason }) => `  ${id}  ${printable(reason)}`);
  const more = outcome.kept.length > SHOWN_KEPT ? [`  … and ${outcome.kept.length - SHOWN_KEPT} more`] : [];
  const kept = outcome.kept.length === 0 ? [] : [`${outcome.kept.length} stay:`, ...shown, ...more];
  return [`${outcome.sent} ${isDryRun ? 'would be sent' : 'sent'} again`, ...kept].join('\n');
}

/** Letters of the collector name the topic they were meant for, but never stood in it. */
function position({ topic, partition, offset }: StoredLetter): string {
  if (topic === null || partition === null) return topic ?? '-';
  return `${topic}/${partition}@${offset ?? '-'}`;
}

function shorten(text: string): string {
  const line = printable(text);
  return line.length > SHOWN_MESSAGE ? `${line.slice(0, SHOWN_MESSAGE)}…` : line;
}

/** One line that no control sequence in a sender's text can make the terminal act on. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}

function timeText(time: Date): string {
  return time.toISOString().slice(0, 19);
}
