import type { Layer } from '../../api-types.ts';

/** All lines, or those with one defect, by layer. */
export interface LayerRow {
  readonly what: string;
  readonly counts: Readonly<Record<string, number>>;
}

export function layerRows(layers: readonly Layer[]): LayerRow[] {
  const defects = Object.keys(layers[0]?.defects ?? {});
  const row = (what: string, count: (layer: Layer) => number): LayerRow => ({
    what,
    counts: Object.fromEntries(layers.map((layer) => [layer.layer, count(layer)])),
  });
  return [
    row('all lines', ({ records }) => records),
    ...defects.map((defect) => row(defect, (layer) => layer.defects[defect] ?? 0)),
  ];
}

/** Lines of bronze that stand in none of the other layers; 0 when nothing is lost. */
export function bronzeGap({ counts }: LayerRow): number {
  const { bronze = 0, silver = 0, returns = 0, quarantine = 0 } = counts;
  return bronze - silver - returns - quarantine;
}
