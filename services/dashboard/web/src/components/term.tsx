import type { JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Kpi } from '../api-types.ts';

const MARGIN = 12;

/**
 * A figure's name with its definition, shown on hover, focus and tap. The bubble may be hovered itself and Escape
 * closes it, so that it never gets in the way of a magnified or keyboard-driven page.
 */
export function Term({ kpi, label }: { kpi: Kpi | undefined; label?: string }): JSX.Element {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return undefined;
    const close = (): void => setOpen(false);
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') close();
    };
    document.addEventListener('keydown', onKey);
    window.addEventListener('scroll', close, { passive: true });
    return () => {
      document.removeEventListener('keydown', onKey);
      window.removeEventListener('scroll', close);
    };
  }, [isOpen]);
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
      {isOpen ? <Bubble id={id} kpi={kpi} anchor={button.current} /> : null}
    </span>
  );
}

function Bubble({ id, kpi, anchor }: { id: string; kpi: Kpi; anchor: HTMLElement | null }): JSX.Element {
  const bubble = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const element = bubble.current;
    if (element === null || anchor === null) return;
    const target = anchor.getBoundingClientRect();
    const own = element.getBoundingClientRect();
    const left = Math.max(MARGIN, Math.min(target.left - 4, document.documentElement.clientWidth - own.width - MARGIN));
    const below = target.bottom + 6;
    const fits = below + own.height <= window.innerHeight - MARGIN;
    element.style.left = `${left}px`;
    element.style.top = `${fits ? below : Math.max(MARGIN, target.top - own.height - 6)}px`;
  }, [anchor]);
  return (
    <span role="tooltip" id={id} ref={bubble} class="tip">
      <b>{kpi.title}</b>
      {kpi.tooltip}
      <code>{kpi.formula}</code>
    </span>
  );
}
