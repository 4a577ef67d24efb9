import type { JSX } from 'preact';
import { ChoiceField } from './choice-field.tsx';

/** Another source begins at its own first currency and newest day. */
export interface SourceChange {
  readonly source?: string;
  readonly currency: string | null;
  readonly date?: null;
}

/** Of which source, and in which of its currencies. */
export function SourceAndCurrency(props: {
  sources: readonly { readonly source: string; readonly currencies: readonly string[] }[];
  source: string;
  /** Empty: the source has none yet. */
  currency: string;
  change: (change: SourceChange) => void;
}): JSX.Element {
  const { sources, source, currency, change } = props;
  const known = sources.find((one) => one.source === source);
  return (
    <>
      <ChoiceField
        label="Source"
        value={source}
        options={sources.map((one) => one.source)}
        onChoice={(name) => change({ source: name, currency: null, date: null })}
      />
      <ChoiceField
        label="Currency"
        value={currency}
        options={currency === '' ? [] : (known?.currencies ?? [])}
        {...(currency === '' ? { none: 'none yet' } : {})}
        onChoice={(code) => change({ currency: code })}
      />
    </>
  );
}
