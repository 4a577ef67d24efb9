import type { JSX } from 'preact';
import type { AccessInfo } from '../api-types.ts';
import { logOut } from '../browser-deps.ts';

/** The way out for who logged in; what is left out for everybody else. */
export function AccessNote({ access }: { access: AccessInfo | null }): JSX.Element | null {
  if (access?.mode === 'login') {
    return (
      <button type="button" class="button plain" onClick={() => void logOut()}>
        Log out
      </button>
    );
  }
  if (access?.mode !== 'public') return null;
  return (
    <span class="access-note" title="Read-only; nothing about single customers, messages or files">
      Public view
    </span>
  );
}
