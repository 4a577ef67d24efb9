interface Tries {
  count: number;
  readonly sinceMs: number;
}

/** From one address within one span. */
export const MOST_ATTEMPTS = 10;
export const SPAN_MS = 600_000;
/** Addresses that are remembered; the one that was first heard of longest ago is forgotten for a new one. */
const MOST_ADDRESSES = 10_000;

/** Counts attempts to log in by the address they come from. */
export class LoginAttempts {
  readonly #tries = new Map<string, Tries>();

  /** Counts one before its password is looked at, so that many at once count too. Returns ms to wait; 0: it may be tried. */
  take(address: string, nowMs: number): number {
    const network = networkOf(address);
    const known = this.#tries.get(network);
    if (known === undefined || nowMs - known.sinceMs >= SPAN_MS) {
      this.#remember(network, { count: 1, sinceMs: nowMs });
      return 0;
    }
    known.count += 1;
    return known.count <= MOST_ATTEMPTS ? 0 : known.sinceMs + SPAN_MS - nowMs;
  }

  /** After the right password. */
  forget(address: string): void {
    this.#tries.delete(networkOf(address));
  }

  #remember(network: string, tries: Tries): void {
    this.#tries.delete(network);
    const [oldest] = this.#tries.keys();
    if (oldest !== undefined && this.#tries.size >= MOST_ADDRESSES) this.#tries.delete(oldest);
    this.#tries.set(network, tries);
  }
}

const IPV6_GROUPS = 8;

/** An IPv4 address, or the network of an IPv6 address (/64): whoever has one of its addresses has all of them. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:/, '');
  if (!plain.includes(':')) return plain;
  const [left = [], right = []] = plain.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: Math.max(0, IPV6_GROUPS - left.length - right.length) }, () => '0');
  return [...left, ...zeros, ...right].slice(0, IPV6_GROUPS / 2).join(':');
}
