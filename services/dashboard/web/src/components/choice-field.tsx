import type { JSX } from 'preact';
import { including } from './including.ts';

/** One of a few texts, such as a source; the chosen one is among them even where the server does not know it. */
export function ChoiceField(props: {
  label: string;
  value: string;
  options: readonly string[];
  /** What stands for no choice; without it there is always one. */
  none?: string;
  onChoice: (value: string) => void;
}): JSX.Element {
  const { label, value, options, none, onChoice } = props;
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChoice(event.currentTarget.value)}>
        {none === undefined ? null : <option value="">{none}</option>}
        {including(options, value).map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}
