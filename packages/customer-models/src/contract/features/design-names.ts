import type { Encoder, FeatureEncoding } from './encoder.ts';

/** What each column of the regression stands for, in its order: `tenure`, `tenure near 12`, `Contract = Two year`, … */
export function designNames({ features }: Pick<Encoder, 'features'>): string[] {
  return ['(constant)', ...features.flatMap(namesOf)];
}

function namesOf(feature: FeatureEncoding): string[] {
  const { name } = feature;
  const blank = feature.hasBlanks ? [`${name} blank`] : [];
  if (feature.kind === 'numeric') {
    const knots = feature.knots.map((knot) => `${name} near ${knot}`);
    return [name, ...knots, ...feature.shared.map((value) => `${name} = ${value}`), ...blank];
  }
  const pool = feature.hasPool ? [`${name} = (other)`] : [];
  return [...feature.levels.map((level) => `${name} = ${level}`), ...pool, ...blank];
}
