/** What a page says about the visit, in the collector's field names; absent facts are left out. */

const MAX_URL = 2_000;
const MAX_TEXT = 250;
const UTM_FIELDS = ['utm_source', 'utm_medium', 'utm_campaign'];

export type Fields = Record<string, string>;

/** The campaign in a landing page's address. */
export function campaignOf(href: string): Fields {
  const query = new URL(href).searchParams;
  const fields: Fields = {};
  for (const name of UTM_FIELDS) {
    const value = query.get(name);
    if (value !== null && value !== '') fields[name] = value.slice(0, MAX_TEXT);
  }
  return fields;
}

/** The page's address without its fragment, which never leaves the browser in ordinary requests either. */
export function pageUrlOf(href: string): string {
  return (href.split('#', 1)[0] ?? href).slice(0, MAX_URL);
}

export function referrerOf(referrer: string): Fields {
  return referrer === '' ? {} : { referrer: pageUrlOf(referrer) };
}

export interface DeviceHints {
  userAgent: string;
  /** Touch points; iPads present themselves as desktop Macs, but Macs have no touch screen. */
  maxTouchPoints: number;
}

export function deviceTypeOf(hints: DeviceHints): 'mobile' | 'tablet' | 'desktop' {
  const agent = hints.userAgent;
  if (/iPad|Tablet|PlayBook|Silk/i.test(agent) || (/Macintosh/.test(agent) && hints.maxTouchPoints > 1))
    return 'tablet';
  if (/Android/i.test(agent)) return /Mobile/i.test(agent) ? 'mobile' : 'tablet';
  return /Mobi|iPhone|iPod/i.test(agent) ? 'mobile' : 'desktop';
}
