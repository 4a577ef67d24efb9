import type { JSX } from 'preact';
import { including } from './including.ts';

/** One of a few texts, such as a source; the chosen one is among them even where the server does not know it. */
export function ChoiceField(props: {
  label: string;
  value: string;
  options: readonly string[];
  /** What stands for no choice; without it there is always one. Where there is nothing to choose, the field is off. */
  none?: string;
  onChoice: (value: string) => void;
}): JSX.Element {
  const { label, value, options, none, onChoice } = props;
  const entries = including(options, value);
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} disabled={entries.length === 0} onChange={(event) => onChoice(event.currentTarget.value)}>
        {none === undefined ? null : <option value="">{none}</option>}
        {entries.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}
