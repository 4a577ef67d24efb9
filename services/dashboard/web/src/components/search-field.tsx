import type { JSX } from 'preact';

const MOST_LETTERS = 100;

/** What a reader looks for in a list. */
export function SearchField(props: { label: string; value: string; onChange: (text: string) => void }): JSX.Element {
  return (
    <label class="field">
      <span>{props.label}</span>
      <input
        type="search"
        maxLength={MOST_LETTERS}
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value.trim())}
      />
    </label>
  );
}
