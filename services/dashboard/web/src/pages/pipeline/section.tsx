import type { ComponentChildren, JSX } from 'preact';
import type { SearchChange } from '../../report/use-search.ts';
import type { PipelineChoice } from './pipeline-choice.ts';

export interface ChoiceProps {
  readonly choice: PipelineChoice;
  readonly change: (change: SearchChange) => void;
}

/** A part of the page with its title, and what it is in a few words. */
export function Section(props: {
  id: string;
  title: string;
  about: ComponentChildren;
  children: ComponentChildren;
}): JSX.Element {
  const { id, title, about, children } = props;
  return (
    <section class="section" aria-labelledby={`${id}-title`} data-section={id}>
      <div class="section-head">
        <h2 id={`${id}-title`}>{title}</h2>
        <p>{about}</p>
      </div>
      <div class="card wordy">{children}</div>
    </section>
  );
}
