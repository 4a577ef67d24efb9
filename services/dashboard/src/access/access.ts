import type { DashboardConfig } from '../config.ts';

/** Whom the dashboard answers. */
export type Access =
  /** Everybody who reaches it: only this machine does. */
  | { readonly mode: 'open' }
  /** Who logged in. */
  | { readonly mode: 'login'; readonly passwordHash: string; readonly sessionMs: number }
  /** Everybody, but nothing about single customers. */
  | { readonly mode: 'public' };

type AccessConfig = Pick<
  DashboardConfig,
  'host' | 'publishedOn' | 'login' | 'isPublic' | 'passwordHash' | 'sessionHours'
>;

const HOUR_MS = 3_600_000;

export function accessOf({ passwordHash, sessionHours, ...config }: AccessConfig): Access {
  if (config.isPublic) return { mode: 'public' };
  if (config.login === 'auto' && addressesOf(config).every(isLoopback)) return { mode: 'open' };
  return { mode: 'login', passwordHash, sessionMs: sessionHours * HOUR_MS };
}

/** Refuses at the start what would be open to everybody who finds it. */
export function accessRule(config: AccessConfig): string | null {
  if (accessOf(config).mode !== 'login' || config.passwordHash !== '') return null;
  return (
    `the dashboard is reached at ${addressesOf(config).join(' and ')} and needs a login there: make one with ` +
    '"node services/dashboard/src/make-login.ts <new file>" and name the file in EBB_DASHBOARD_PASSWORD_HASH_FILE, or set ' +
    'EBB_DASHBOARD_PUBLIC=on to show everybody what is not about single customers'
  );
}

/** Addresses that no other machine reaches. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(address);
}

/** In a container it listens on every address of a network of its own; where that is published is what counts. */
function addressesOf({ host, publishedOn }: Pick<AccessConfig, 'host' | 'publishedOn'>): string[] {
  return (publishedOn === '' ? host : publishedOn).split(',').map((address) => address.trim());
}
