import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
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

/** Pixels. */
const BOX = { width: 300, height: 24 };
const STEP = { x: 352, y: 32 };
const MARGIN = 8;
const MOST_LETTERS = 43;

/** Nodes in layers from left to right. One can be chosen: what it comes from and what comes from it then stands out. */
export function GraphView(props: {
  id: string;
  label: string;
  nodes: readonly GraphNode[];
  edges: readonly Edge[];
  selected: string | null;
  onSelect: (id: string) => void;
}): JSX.Element {
  const { id, label, nodes, edges, selected, onSelect } = props;
  const places = useMemo(
    () =>
      layeredLayout(
        nodes.map((node) => node.id),
        edges,
      ),
    [nodes, edges],
  );
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
    else nodeElement(svg.current, neighbourAt(places, edges, from, event.key) ?? from)?.focus();
    event.preventDefault();
  };
  return (
    <div class="graph-frame" data-graph={id} tabIndex={0} role="group" aria-label={`${label}, scrolls`}>
      <svg
        ref={svg}
        {...sizeOf(places)}
        class={selected === null ? 'graph' : 'graph chosen'}
        role="group"
        aria-label={label}
      >
        <g aria-hidden="true">
          {edges.map((edge) => (
            <path key={`${edge.from} ${edge.to}`} d={curve(places, edge)} class={`edge ${edgeLook(ways, edge)}`} />
          ))}
        </g>
        {nodes.map((node) => (
          <NodeBox
            key={node.id}
            node={node}
            place={places.get(node.id) ?? { layer: 0, row: 0 }}
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
  look: string;
  isStop: boolean;
  onSelect: (id: string) => void;
  onFocus: (id: string) => void;
  onKey: (event: KeyboardEvent, id: string) => void;
}): JSX.Element {
  const { node, place, look, isStop, onSelect, onFocus, onKey } = props;
  const { x, y } = cornerOf(place);
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
      <rect width={BOX.width} height={BOX.height} rx="5" />
      <rect class="stripe" width="4" height={BOX.height} rx="2" />
      <text x="12" y="16">
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

function cornerOf({ layer, row }: Place): { x: number; y: number } {
  return { x: MARGIN + layer * STEP.x, y: MARGIN + row * STEP.y };
}

function sizeOf(places: ReadonlyMap<string, Place>): { width: number; height: number } {
  const all = [...places.values()];
  const last = cornerOf({
    layer: Math.max(0, ...all.map(({ layer }) => layer)),
    row: Math.max(0, ...all.map(({ row }) => row)),
  });
  return { width: last.x + BOX.width + MARGIN, height: last.y + BOX.height + MARGIN };
}

function curve(places: ReadonlyMap<string, Place>, { from, to }: Edge): string {
  const [start, end] = [places.get(from), places.get(to)];
  if (start === undefined || end === undefined) return '';
  const a = { x: cornerOf(start).x + BOX.width, y: cornerOf(start).y + BOX.height / 2 };
  const b = { x: cornerOf(end).x, y: cornerOf(end).y + BOX.height / 2 };
  const bend = Math.max(24, (b.x - a.x) / 2);
  return `M${a.x} ${a.y}C${a.x + bend} ${a.y} ${b.x - bend} ${b.y} ${b.x} ${b.y}`;
}

function nodeElement(svg: SVGSVGElement | null, id: string): SVGGElement | null {
  return svg?.querySelector<SVGGElement>(`[data-node="${CSS.escape(id)}"]`) ?? null;
}

function isArrow(key: string): key is Arrow {
  return ARROWS.some((arrow) => arrow === key);
}
