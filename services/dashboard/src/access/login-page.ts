import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD_HINT } from '../http/pages.ts';

/** Where web/login.html takes what the server has to say. */
const MESSAGE_PLACE = '<!-- message -->';
const NEXT_PLACE = '%next%';

/** The built login page with a message and the page that follows; without a build the hint how to make one. */
export function readLoginPage(directory: string): (next: string, message: string | null) => string {
  const file = join(directory, 'login.html');
  if (!existsSync(file)) return () => BUILD_HINT;
  const html = readFileSync(file, 'utf8');
  return (next, message) =>
    html
      .replace(NEXT_PLACE, () => escaped(next))
      .replace(MESSAGE_PLACE, () =>
        message === null ? '' : `<p class="notice bad" role="alert">${escaped(message)}</p>`,
      );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
