import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

/** A row of exclusive choices: radio buttons underneath, so arrow keys and screen readers work as everywhere. */
export function Segments<T extends string>(props: {
  legend: string;
  value: T;
  options: readonly { value: T; label: string; name?: string }[];
  onChange: (value: T) => void;
}): JSX.Element {
  const name = useId();
  return (
    <div class="segments" role="radiogroup" aria-label={props.legend}>
      {props.options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={name}
            aria-label={option.name ?? option.label}
            checked={option.value === props.value}
            onChange={() => props.onChange(option.value)}
          />
          <span aria-hidden="true">{option.label}</span>
        </label>
      ))}
    </div>
  );
}
