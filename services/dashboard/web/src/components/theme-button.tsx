import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { chooseTheme, storedTheme, type Theme, THEMES } from '../theme.ts';
import { Half, Moon, Sun } from './icons.tsx';

const ICONS: Record<Theme, () => JSX.Element> = { system: Half, light: Sun, dark: Moon };
const NAMES: Record<Theme, string> = { system: 'as the system', light: 'light', dark: 'dark' };

/** Steps through system, light and dark. */
export function ThemeButton(): JSX.Element {
  const [theme, setTheme] = useState<Theme>(storedTheme);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  const Icon = ICONS[theme];
  const label = `Theme: ${NAMES[theme]}. Switch to ${NAMES[next]}`;
  const step = (): void => {
    chooseTheme(next);
    setTheme(next);
  };
  return (
    <button type="button" class="button plain" aria-label={label} title={label} onClick={step}>
      <Icon />
    </button>
  );
}
