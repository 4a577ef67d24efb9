import type { JSX } from 'preact';
import { useHops } from '../hooks.ts';
import { viewHop } from './hops.ts';

/** How far every hop of the pipeline is behind, whatever source is chosen. */
export function HopsSection({ title, nowMs }: { title: string; nowMs: number }): JSX.Element | null {
  const answer = useHops();
  if (answer === null) return null;
  const views = answer.hops.map((hop) => viewHop(hop, nowMs));
  return (
    <section class="section" aria-labelledby="hops-title">
      <div class="section-head">
        <h2 id="hops-title">{title}</h2>
        <p>How far each hop is behind, all sources together</p>
      </div>
      <ul class="hops">
        {views.map((view) => (
          <li class="card hop" key={view.hop} data-hop={view.hop} data-hop-state={view.state}>
            <span class={`state ${view.state}`}>{view.title}</span>
            <p class="tile-value num" data-value>
              {view.lag}
            </p>
            <p class="tile-note num">{view.note}</p>
            <p class="tile-note">{view.meaning}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
