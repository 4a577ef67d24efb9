import type { LineageNodeInfo } from '../../api-types.ts';
import { changed } from '../../report/use-search.ts';

export const PARTS = ['marts', 'events', 'captured tables', 'metrics'] as const;
export type Part = (typeof PARTS)[number];

/** What the reader chose on the Data contract page; nonsense in the address is no choice. */
export interface ContractChoice {
  /** What a name, a column or a meaning holds. */
  readonly text: string;
  /** Null: all of it. */
  readonly part: Part | null;
}

export function readContractChoice(search: URLSearchParams): ContractChoice {
  return {
    text: search.get('text') ?? '',
    part: PARTS.find((part) => part === search.get('part')) ?? null,
  };
}

/** Where the contract of a node of the lineage is shown; null where there is none. */
export function contractPath({ id }: Pick<LineageNodeInfo, 'id'>): string | null {
  const found = /^(?:table:marts\.|topic:(?:cdc\.)?|table:postgres\.(?=crm\.|sales\.))(.+)$/.exec(id);
  return found?.[1] === undefined ? null : `/contract${changed('', { text: found[1] })}`;
}

/** Whether one of the texts holds what is looked for, whatever the case. */
export function holds(texts: readonly string[], wanted: string): boolean {
  const text = wanted.trim().toLowerCase();
  return texts.some((one) => one.toLowerCase().includes(text));
}
