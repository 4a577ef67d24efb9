import { KMeansError } from './errors.ts';

/**
 * For each k the distance of its inertia from the straight line between the first and the last one, both axes taken from 0
 * to 1; the elbow is where it is largest (V. Satopää et al.: Finding a "Kneedle" in a Haystack, ICDCSW 2011). 0 at both
 * ends and for a point on or above the line. Position i belongs to `ks[i]`, which must ascend. Raises BAD_SHAPE, NOT_FINITE,
 * BAD_OPTION.
 */
export function elbowDistances(ks: readonly number[], inertias: readonly number[]): number[] {
  if (ks.length !== inertias.length)
    throw new KMeansError('BAD_SHAPE', `${ks.length} values of k, ${inertias.length} inertias`);
  const bad = inertias.findIndex((inertia) => !Number.isFinite(inertia));
  if (bad >= 0) throw new KMeansError('NOT_FINITE', `the inertia of k = ${ks[bad]} is ${inertias[bad]}`);
  if (ks.some((k, at) => at > 0 && !(k > (ks[at - 1] as number))))
    throw new KMeansError('BAD_OPTION', `k must ascend, not ${ks.join(', ')}`);
  const width = (ks.at(-1) ?? 0) - (ks[0] ?? 0);
  const height = (inertias[0] ?? 0) - (inertias.at(-1) ?? 0);
  return ks.map((k, at) => {
    if (width === 0 || height <= 0) return 0;
    const x = (k - (ks[0] as number)) / width;
    const y = ((inertias[at] as number) - (inertias.at(-1) as number)) / height;
    return Math.max(0, (1 - x - y) / Math.SQRT2);
  });
}
