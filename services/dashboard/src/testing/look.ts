import { fileURLToPath } from 'node:url';
import { compareScreenshot } from '@ebb/testing';
import { accessibilityViolations, type View } from './live-page.ts';
import type { ReportApp } from './report-app.ts';

const SCREENSHOTS = fileURLToPath(new URL('screenshots', import.meta.url));
const REPORTS = fileURLToPath(new URL('../../test-output', import.meta.url));
/** As for the Live page: browser versions smooth edges a little differently; a tile that moved is far above it. */
const MAX_DIFFERENT_SHARE = 0.005;

export interface Look {
  /** Pixels by which the page is wider than the screen. */
  overflowPx: number;
  /** Rules of accessibility that it breaks. */
  violations: string[];
  /** Where the differing images were written; null where the page looks as agreed. */
  differences: string | null;
}

export const AS_AGREED: Look = { overflowPx: 0, violations: [], differences: null };

/** How a page is seen at one width in one theme, against the committed screenshot. */
export async function lookOf(
  app: ReportApp,
  { name, path }: { name: string; path: string },
  view: View,
): Promise<Look> {
  await app.show(path, view);
  const width = await app.page.evaluate<number>('document.documentElement.scrollWidth');
  const violations = await accessibilityViolations(app.page);
  // How long ago it was built moves with the clock, and on a phone its length decides whether the line breaks.
  await app.page.evaluate(
    `for (const one of document.querySelectorAll('[data-built]')) one.textContent = '5 minutes ago'`,
  );
  const image = await app.page.screenshot({ fullPage: true });
  const { reportDirectory } = compareScreenshot(image, `${SCREENSHOTS}/${name}-${view.name}.png`, {
    maxDifferentShare: MAX_DIFFERENT_SHARE,
    reportDirectory: REPORTS,
  });
  return { overflowPx: Math.max(0, width - view.width), violations, differences: reportDirectory };
}
