import { z } from 'zod';
import type { SupersetClient } from '../superset-client.ts';

/** What an import makes, by the name Superset's interface has for it. */
const KINDS = ['database', 'dataset', 'chart', 'dashboard', 'report'] as const;
type Kind = (typeof KINDS)[number];

const list = z.object({ result: z.array(z.looseObject({ id: z.number() })) });
const one = z.object({ result: z.looseObject({}) });

/** Changes with every import, or with time, whatever is imported. */
const MOMENTS = /^(?:changed_on|created_on_(?:delta_)?humanized|last_eval|last_state|last_value|start_time)/;

/** Everything that was imported, by kind and number, with all that its own page tells of it but when it was changed. */
export async function importedBy(superset: SupersetClient): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const kind of KINDS) {
    for (const id of await idsOf(superset, kind)) {
      const { result } = one.parse(await superset.get(`/api/v1/${kind}/${id}`));
      const lasting = Object.entries(result).filter(([name]) => !MOMENTS.test(name));
      found[`${kind} ${id}`] = Object.fromEntries(lasting.map(([name, value]) => [name, ordered(value)]));
    }
  }
  return found;
}

/** Superset names what belongs together (the charts of a dashboard) in any order. */
function ordered(value: unknown): unknown {
  return Array.isArray(value) ? value.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : value;
}

export async function idsOf(superset: SupersetClient, kind: Kind): Promise<number[]> {
  const { result } = list.parse(await superset.get(`/api/v1/${kind}/?q=(page_size:500)`));
  return result.map(({ id }) => id).toSorted((a, b) => a - b);
}
