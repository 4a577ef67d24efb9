import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Geometry, sideways } from './geometry.ts';
import { type Arrow, ARROWS, neighbourAt } from './keys.ts';
import { layeredLayout, type Place } from './layered-layout.ts';
import { type Edge, reach } from './reach.ts';

export interface GraphNode {
  readonly id: string;
  readonly label: string;
  /** For readers who hear it, and on hover: the label with what it is. */
  readonly title: string;
  /** A class, which decides its colour. */
  readonly look: string;
}

/** Longer labels are cut. */
const MOST_LETTERS = 43;
/** Of the font that labels are in, pixels. */
const LETTER_WIDTH = 6.6;
const PADDING = { left: 12, right: 4 };

/** Nodes in layers. One can be chosen: what it comes from and what comes from it then stands out. */
export function GraphView(props: {
  id: string;
  label: string;
  nodes: readonly GraphNode[];
  edges: readonly Edge[];
  /** How the layers stand: sideways or downwards. */
  layout: typeof sideways;
  selected: string | null;
  onSelect: (id: string) => void;
}): JSX.Element {
  const { id, label, nodes, edges, layout, selected, onSelect } = props;
  const places = useMemo(
    () =>
      layeredLayout(
        nodes.map((node) => node.id),
        edges,
      ),
    [nodes, edges],
  );
  const geometry = useMemo(() => layout([...places.values()], boxWidthFor(nodes)), [places, nodes, layout]);
  const ways = useMemo(() => waysOf(edges, selected), [edges, selected]);
  const [focused, setFocused] = useState<string | null>(null);
  const svg = useRef<SVGSVGElement>(null);
  // One node is reached by Tab, the others from there by arrows.
  const stop = [focused, selected].find((one) => one !== null && places.has(one)) ?? nodes[0]?.id;
  useEffect(() => {
    if (selected !== null) nodeElement(svg.current, selected)?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [selected, nodes]);
  const onKey = (event: KeyboardEvent, from: string): void => {
    if (event.key === 'Enter' || event.key === ' ') onSelect(from);
    else if (!isArrow(event.key)) return;
    else nodeElement(svg.current, neighbourAt(places, edges, from, geometry.meaning(event.key)) ?? from)?.focus();
    event.preventDefault();
  };
  const curveOf = ({ from, to }: Edge): string => {
    const [start, end] = [places.get(from), places.get(to)];
    return start === undefined || end === undefined ? '' : geometry.curve(start, end);
  };
  return (
    <div class="graph-frame" data-graph={id} tabIndex={0} role="group" aria-label={`${label}, scrolls`}>
      <svg
        ref={svg}
        width={geometry.width}
        height={geometry.height}
        viewBox={`0 0 ${geometry.width} ${geometry.height}`}
        class={selected === null ? 'graph' : 'graph chosen'}
        role="group"
        aria-label={label}
      >
        <g aria-hidden="true">
          {edges.map((edge) => (
            <path key={`${edge.from} ${edge.to}`} d={curveOf(edge)} class={`edge ${edgeLook(ways, edge)}`} />
          ))}
        </g>
        {nodes.map((node) => (
          <NodeBox
            key={node.id}
            node={node}
            place={places.get(node.id) ?? { layer: 0, row: 0 }}
            geometry={geometry}
            look={ways.get(node.id) ?? ''}
            isStop={node.id === stop}
            onSelect={onSelect}
            onFocus={setFocused}
            onKey={onKey}
          />
        ))}
      </svg>
    </div>
  );
}

function NodeBox(props: {
  node: GraphNode;
  place: Place;
  geometry: Geometry;
  look: string;
  isStop: boolean;
  onSelect: (id: string) => void;
  onFocus: (id: string) => void;
  onKey: (event: KeyboardEvent, id: string) => void;
}): JSX.Element {
  const { node, place, geometry, look, isStop, onSelect, onFocus, onKey } = props;
  const { boxWidth, boxHeight } = geometry;
  const { x, y } = geometry.cornerOf(place);
  return (
    <g
      class={`node ${node.look} ${look}`}
      transform={`translate(${x} ${y})`}
      role="button"
      tabIndex={isStop ? 0 : -1}
      aria-pressed={look === 'selected'}
      aria-label={node.title}
      data-node={node.id}
      onClick={() => onSelect(node.id)}
      onFocus={() => onFocus(node.id)}
      onKeyDown={(event) => onKey(event, node.id)}
    >
      <title>{node.title}</title>
      <rect width={boxWidth} height={boxHeight} rx="5" />
      <rect class="stripe" width="4" height={boxHeight} rx="2" />
      <text x={PADDING.left} y="16">
        {node.label.length > MOST_LETTERS ? `${node.label.slice(0, MOST_LETTERS - 1)}…` : node.label}
      </text>
    </g>
  );
}

type Way = 'selected' | 'up' | 'down';

/** Of the chosen node and all that belongs to it; empty without a choice. */
function waysOf(edges: readonly Edge[], selected: string | null): Map<string, Way> {
  if (selected === null) return new Map();
  return new Map<string, Way>([
    ...[...reach(edges, selected, 'up')].map((id): [string, Way] => [id, 'up']),
    ...[...reach(edges, selected, 'down')].map((id): [string, Way] => [id, 'down']),
    [selected, 'selected'],
  ]);
}

/** An edge belongs to a direction when both its ends do. */
function edgeLook(ways: ReadonlyMap<string, Way>, { from, to }: Edge): string {
  const [before, after] = [ways.get(from), ways.get(to)];
  if (before === 'up' && (after === 'up' || after === 'selected')) return 'up';
  return (before === 'down' || before === 'selected') && after === 'down' ? 'down' : '';
}

function boxWidthFor(nodes: readonly GraphNode[]): number {
  const letters = Math.min(MOST_LETTERS, Math.max(0, ...nodes.map((node) => node.label.length)));
  return Math.ceil(PADDING.left + letters * LETTER_WIDTH + PADDING.right);
}

function nodeElement(svg: SVGSVGElement | null, id: string): SVGGElement | null {
  return svg?.querySelector<SVGGElement>(`[data-node="${CSS.escape(id)}"]`) ?? null;
}

function isArrow(key: string): key is Arrow {
  return ARROWS.some((arrow) => arrow === key);
}
