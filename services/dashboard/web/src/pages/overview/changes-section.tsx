import type { JSX } from 'preact';
import type { Overview } from '../../api-types.ts';
import type { MetricByName } from '../../report/use-metrics.ts';
import { changeWords } from './change-words.ts';

/** What changed since the week before, in words. */
export function ChangesSection({ overview, metrics }: { overview: Overview; metrics: MetricByName }): JSX.Element {
  return (
    <section class="section" aria-labelledby="changes-title">
      <div class="section-head">
        <h2 id="changes-title">What changed since the week before</h2>
      </div>
      <ul class="card changes">
        {overview.changes.map((change) => {
          const metric = metrics.get(change.metric);
          if (metric === undefined) return null;
          const words = changeWords(change, metric, overview.currency);
          return (
            <li key={change.metric} data-change={change.metric} data-verdict={change.verdict}>
              <span class={`mark ${words.mark}`}>{words.verdict}</span>
              <p>{words.sentence}</p>
              <p class="ground num">{words.ground}</p>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
