import type { ComponentChildren, JSX } from 'preact';
import { type Definition, Term } from './term.tsx';

export interface TileProps {
  kpi: Definition | undefined;
  label?: string;
  value: string;
  unit?: string;
  note?: ComponentChildren;
  /** Stable name for tests and links. */
  id: string;
}

/** One figure: its name with the definition behind it, the value, and a line of context. */
export function Tile({ kpi, label, value, unit, note, id }: TileProps): JSX.Element {
  return (
    <li class="card tile" data-tile={id}>
      <Term kpi={kpi} {...(label === undefined ? {} : { label })} />
      <p class="tile-value num" data-value>
        {value}
        {unit === undefined ? null : <small> {unit}</small>}
      </p>
      <p class="tile-note num">{note}</p>
    </li>
  );
}
