import type { JSX } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** What a figure means. */
export interface Definition {
  readonly title: string;
  readonly tooltip: string;
  readonly formula: string;
}

const MARGIN = 12;
const GAP = 6;

/**
 * A figure's name with its definition, shown on hover, focus and tap. The bubble may be hovered itself and Escape
 * closes it, so that it never gets in the way of a magnified or keyboard-driven page.
 */
export function Term({ kpi, label }: { kpi: Definition | undefined; label?: string }): JSX.Element {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const title = label ?? kpi?.title ?? '';
  if (kpi === undefined) return <span class="term-plain">{title}</span>;
  return (
    <span onMouseEnter={() => setOpen(true)} onMouseLeave={() => setOpen(false)}>
      <button
        ref={button}
        type="button"
        class="term"
        aria-describedby={isOpen ? id : undefined}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onClick={() => setOpen(true)}
      >
        {title}
      </button>
      {isOpen ? <Bubble id={id} kpi={kpi} anchor={button.current} onClose={() => setOpen(false)} /> : null}
    </span>
  );
}

interface BubbleProps {
  id: string;
  kpi: Definition;
  anchor: HTMLElement | null;
  onClose: () => void;
}

/** Follows its anchor: reaching a name by keyboard may scroll the page after the bubble is there. */
function Bubble({ id, kpi, anchor, onClose }: BubbleProps): JSX.Element {
  const bubble = useRef<HTMLSpanElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useLayoutEffect(() => {
    const follow = (): void => place(bubble.current, anchor);
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') close.current();
    };
    follow();
    document.addEventListener('keydown', onKey);
    window.addEventListener('scroll', follow, { passive: true });
    window.addEventListener('resize', follow);
    return () => {
      document.removeEventListener('keydown', onKey);
      window.removeEventListener('scroll', follow);
      window.removeEventListener('resize', follow);
    };
  }, [anchor]);
  return (
    <span role="tooltip" id={id} ref={bubble} class="tip">
      <b>{kpi.title}</b>
      {kpi.tooltip}
      <code>{kpi.formula}</code>
    </span>
  );
}

/** Below the anchor if there is room, else above; never beyond the screen's sides. */
function place(bubble: HTMLElement | null, anchor: HTMLElement | null): void {
  if (bubble === null || anchor === null) return;
  const target = anchor.getBoundingClientRect();
  const { width, height } = bubble.getBoundingClientRect();
  const rightmost = document.documentElement.clientWidth - width - MARGIN;
  const below = target.bottom + GAP;
  const fits = below + height <= window.innerHeight - MARGIN;
  bubble.style.left = `${Math.max(MARGIN, Math.min(target.left - 4, rightmost))}px`;
  bubble.style.top = `${fits ? below : target.top - height - GAP}px`;
}
