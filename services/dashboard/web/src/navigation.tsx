import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { GROUPS, type Page, PAGES } from './pages/pages.ts';

/** All pages in their groups. Where they do not fit they scroll sideways, and the current one is brought into view. */
export function Navigation(props: {
  current: Page;
  /** Paths of pages that the reader's view has not. */
  closed: readonly string[];
}): JSX.Element {
  const { current, closed } = props;
  const nav = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const bar = nav.current;
    if (bar === null) return undefined;
    // Fonts, what is closed and the screen's width come or change later, and would move it out again.
    const observer = new ResizeObserver(() => {
      const link = bar.querySelector('[aria-current]');
      if (link !== null) center(bar, link);
    });
    for (const part of [bar, ...bar.children]) observer.observe(part);
    return () => observer.disconnect();
  }, [current]);
  return (
    <nav
      class="nav"
      aria-label="Pages"
      ref={nav}
      // By keyboard too an entry is in view whole: the browser's own way of it leaves some pixels outside.
      onFocusIn={({ currentTarget, target }) => target instanceof Element && center(currentTarget, target)}
    >
      {Object.entries(GROUPS).map(([group, name]) => (
        <ul key={group} aria-label={name}>
          {PAGES.filter((page) => page.group === group).map(({ path, title }) => (
            <li key={path}>
              <a
                href={path}
                class={closed.includes(path) ? 'closed' : ''}
                aria-current={path === current.path ? 'page' : undefined}
              >
                {title}
                {closed.includes(path) ? <span class="hidden"> (not in the public view)</span> : null}
              </a>
            </li>
          ))}
        </ul>
      ))}
    </nav>
  );
}

function center(nav: Element, link: Element): void {
  const [whole, part] = [nav.getBoundingClientRect(), link.getBoundingClientRect()];
  nav.scrollLeft += part.left + part.width / 2 - (whole.left + whole.width / 2);
}
