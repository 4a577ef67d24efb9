import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** One promise: its name with a line about it, and all of it once it is opened. */
export function Entry(props: {
  name: string;
  note: string;
  /** A reader who looks for something sees at once where it stands. */
  isSought: boolean;
  children: () => ComponentChildren;
}): JSX.Element {
  const { name, note, isSought, children } = props;
  const [isOpen, setOpen] = useState(isSought);
  useEffect(() => setOpen(isSought), [isSought]);
  return (
    <details class="entry" data-entry={name} open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <b>{name}</b> <span>{note}</span>
      </summary>
      {isOpen ? children() : null}
    </details>
  );
}

/** A part of the contract: a heading and its entries, or that nothing was found in it. */
export function PartSection(props: {
  id: string;
  title: string;
  note: string;
  isEmpty: boolean;
  text: string;
  children: ComponentChildren;
}): JSX.Element {
  const { id, title, note, isEmpty, text, children } = props;
  return (
    <section class="section" aria-labelledby={`${id}-title`}>
      <div class="section-head">
        <h2 id={`${id}-title`}>{title}</h2>
        <p>{note}</p>
      </div>
      <div class="card" data-part={id}>
        {isEmpty ? (
          <p class="lead">{text === '' ? 'There is nothing yet.' : `Nothing here holds “${text}”.`}</p>
        ) : (
          children
        )}
      </div>
    </section>
  );
}
