import { randomBytes } from 'node:crypto';
import type { ComposeProject } from './compose-project.ts';
import { ensureNone } from './ensure.ts';

/** By what it was sent as; each is a text that stands nowhere else. */
export type Canaries = Map<string, string>;

function canary(): string {
  return `canary${randomBytes(16).toString('hex')}`;
}

/**
 * Sends what people confide or mistype: a wrong key, personal data in an event, in one that is refused, and in one that is no
 * JSON, a wrong password. All of it may be stored or refused, and must be in no log.
 */
export async function plantCanaries(project: ComposeProject, writeKey: string): Promise<Canaries> {
  const { COLLECTOR: collector, DASHBOARD: dashboard, CLICKHOUSE: clickhouse } = project.ports;
  const canaries: Canaries = new Map();
  const plant = async (name: string, answers: number[], send: (text: string) => Promise<Response>): Promise<void> => {
    const text = canary();
    canaries.set(`canary: ${name}`, text);
    const response = await send(text);
    await response.arrayBuffer();
    ensureNone(answers.includes(response.status) ? [] : [`the ${name} was answered ${response.status}`]);
  };
  const events = (key: string, body: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${collector}/v1/website-events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body,
    });
  await plant('wrong write key', [401], (text) => events(`ebb_wk_${text}`, '[]'));
  await plant('person in an event', [202], (text) => events(writeKey, eventOf(text)));
  await plant('person in a refused event', [202, 400, 422], (text) =>
    events(writeKey, eventOf(text, { event_type: 1 })),
  );
  await plant('text that is no JSON', [400], (text) => events(writeKey, `[{"user_id": "${text}`));
  await plant('password of ClickHouse', [401, 403], (text) =>
    fetch(`http://127.0.0.1:${clickhouse}/?query=SELECT%201`, {
      headers: { 'x-clickhouse-user': 'ebb', 'x-clickhouse-key': text },
    }),
  );
  await plant('address of a page', [200, 400, 404], (text) =>
    fetch(`http://127.0.0.1:${dashboard}/${text}?token=${text}`),
  );
  return canaries;
}

function eventOf(text: string, more: object = {}): string {
  const event = {
    event_id: `event-${text.slice(0, 12)}`,
    event_timestamp: new Date().toISOString(),
    event_type: 'page_view',
    user_id: `${text}@example.org`,
    session_id: text,
    page_url: `https://shop.example/?mail=${text}`,
    source: 'compose_test',
  };
  return JSON.stringify([{ ...event, ...more }]);
}
