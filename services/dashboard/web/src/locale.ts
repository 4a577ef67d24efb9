/**
 * The reader's language, as one that Intl takes. A browser started under the POSIX locale calls it "en-US@posix", and
 * Intl throws at that; the chart library asks Intl while it is loaded, so the page would stay blank. Hence this module
 * is the first that is imported, and puts a usable value in place.
 */
export const LOCALE = usable(navigator.language) ?? 'en-US';

if (navigator.language !== LOCALE) Object.defineProperty(navigator, 'language', { value: LOCALE, configurable: true });

export function usable(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}
