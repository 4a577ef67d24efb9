import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { AccessNote } from './access/access-note.tsx';
import { useAccess } from './access/use-access.ts';
import { Logo } from './components/icons.tsx';
import { ThemeButton } from './components/theme-button.tsx';
import { Navigation } from './navigation.tsx';
import { PAGES } from './pages/pages.ts';

/** The frame around every page: brand, navigation, theme. */
export function App(): JSX.Element {
  const page = PAGES.find(({ path }) => path === location.pathname) ?? PAGES[0];
  const Content = page.component;
  const access = useAccess();
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
          <Navigation current={page} closed={access?.hiddenPages ?? []} />
          <AccessNote access={access} />
          <ThemeButton />
        </div>
      </header>
      <main class="page" id="main" tabIndex={-1}>
        <Content />
      </main>
    </>
  );
}
