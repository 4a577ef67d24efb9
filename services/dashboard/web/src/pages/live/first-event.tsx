import type { JSX } from 'preact';

/** Shown where a source has nothing at all today: how to make something appear. */
export function FirstEvent({ source, collectorUrl }: { source: string; collectorUrl: string }): JSX.Element {
  const now = new Date().toISOString();
  const event = `{"event_id": "first-1", "user_id": "1", "event_timestamp": "${now}", "event_type": "page_view", "page_url": "/"}`;
  return (
    <section class="notice first-event" aria-labelledby="first-event-title" data-notice="empty">
      <h2 id="first-event-title">No events from “{source}” today</h2>
      <p>They appear here within a second of being sent. Three ways to send the first:</p>
      <ol>
        <li>
          Click around in the <a href={`${collectorUrl}/demo-shop`}>demo shop</a>; every click is a real event.
        </li>
        <li>
          Send one yourself (a write key comes from <code>ebb keys create</code>):
          <pre tabIndex={0} aria-label="Command that sends one event">
            {`curl ${collectorUrl}/v1/website-events \\
  -H "Authorization: Bearer $EBB_WRITE_KEY" -H "Content-Type: application/json" \\
  -d '${event}'`}
          </pre>
        </li>
        <li>
          Start simulated shoppers: <code>ebb simulate shop --rate 20</code>
        </li>
      </ol>
    </section>
  );
}

/** A past day without figures: where the nearest ones are. */
export function EmptyDay(props: {
  source: string;
  days: readonly string[];
  onDay: (day: string) => void;
}): JSX.Element {
  const last = props.days.at(-1);
  return (
    <section class="notice" aria-labelledby="empty-day-title" data-notice="empty-day">
      <h2 id="empty-day-title">Nothing from “{props.source}” on this day</h2>
      {last === undefined ? null : (
        <>
          <p>The last day with figures is {last}.</p>
          <button type="button" class="button" onClick={() => props.onDay(last)}>
            Show {last}
          </button>
        </>
      )}
    </section>
  );
}
