import { SegmentsError } from './errors.ts';

/** One row of the table of scores. */
export interface KScore {
  readonly k: number;
  readonly score: number;
}

export interface KState {
  readonly k: number;
  /** Who led clearly in the last run, and in how many runs in a row. */
  readonly challenger: { readonly k: number; readonly runs: number } | null;
}

export interface KChoice extends KState {
  readonly best: KScore;
  /** By how much the best score is above that of the k in use; 0 where it is the k in use. */
  readonly lead: number;
  readonly reason: string;
}

/** By how much, and in how many runs in a row, another k must lead before it is taken. */
export interface KRule {
  readonly lead: number;
  readonly runs: number;
}

export const K_RULE: KRule = { lead: 0.02, runs: 2 };

/**
 * The k of a run: the best score where there is no published run, otherwise the published k until the same challenger
 * leads by at least `rule.lead` in `rule.runs` runs in a row. Of equal scores the smaller k is taken.
 */
export function chooseK(scores: readonly KScore[], published: KState | null, rule: KRule = K_RULE): KChoice {
  const best = bestOf(scores);
  if (published === null) {
    return { k: best.k, challenger: null, best, lead: 0, reason: `first run: k = ${best.k} has the best score` };
  }
  const incumbent = scores.find(({ k }) => k === published.k);
  if (incumbent === undefined) {
    const reason = `k = ${published.k} is not among the scores, so the best of them is taken: ${best.k}`;
    return { k: best.k, challenger: null, best, lead: 0, reason };
  }
  const lead = best.score - incumbent.score;
  if (best.k === incumbent.k || lead < rule.lead) {
    const other = best.k === incumbent.k ? '' : `; k = ${best.k} leads by ${lead.toFixed(4)}, less than ${rule.lead}`;
    return { k: published.k, challenger: null, best, lead, reason: `k stays ${published.k}${other}` };
  }
  const runs = published.challenger?.k === best.k ? published.challenger.runs + 1 : 1;
  const told = `k = ${best.k} leads by ${lead.toFixed(4)} in ${runs} of ${rule.runs} runs`;
  if (runs < rule.runs) {
    return { k: published.k, challenger: { k: best.k, runs }, best, lead, reason: `k stays ${published.k}: ${told}` };
  }
  return { k: best.k, challenger: null, best, lead, reason: `k becomes ${best.k}: ${told}` };
}

function bestOf(scores: readonly KScore[]): KScore {
  let best: KScore | null = null;
  for (const row of scores) {
    if (best === null || row.score > best.score || (row.score === best.score && row.k < best.k)) best = row;
  }
  if (best === null) throw new SegmentsError('BAD_OPTION', 'there is no score of any k; sweep at least one');
  return { k: best.k, score: best.score };
}
