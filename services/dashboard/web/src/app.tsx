import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Logo } from './components/icons.tsx';
import { ThemeButton } from './components/theme-button.tsx';
import { PAGES } from './pages/pages.ts';

/** The frame around every page: brand, navigation, theme. */
export function App(): JSX.Element {
  const page = PAGES.find(({ path }) => path === location.pathname) ?? PAGES[0];
  const Content = page.component;
  useEffect(() => {
    document.title = `${page.title} · Ebb`;
  }, [page.title]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the figures
      </a>
      <header class="masthead">
        <div class="masthead-inner">
          <a class="brand" href="/">
            <Logo />
            Ebb
          </a>
          <nav class="nav" aria-label="Pages">
            {PAGES.map(({ path, title }) => (
              <a key={path} href={path} aria-current={path === page.path ? 'page' : undefined}>
                {title}
              </a>
            ))}
          </nav>
          <ThemeButton />
        </div>
      </header>
      <main class="page" id="main" tabIndex={-1}>
        <Content />
      </main>
    </>
  );
}
