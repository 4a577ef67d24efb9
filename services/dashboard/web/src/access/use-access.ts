import { useEffect, useState } from 'preact/hooks';
import type { AccessInfo } from '../api-types.ts';
import { fetchJson } from '../browser-deps.ts';

/** Whom the dashboard answers, asked once; null until it is known. */
export function useAccess(): AccessInfo | null {
  const [access, setAccess] = useState<AccessInfo | null>(null);
  useEffect(() => {
    // Without an answer the page says by itself that the dashboard is away.
    fetchJson<AccessInfo>('/api/access').then(setAccess, () => setAccess(null));
  }, []);
  return access;
}
