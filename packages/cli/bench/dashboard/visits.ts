import type { SeededRandom } from '@ebb/core';
import type { DescribedEndpoint, DescribedParameter } from '@ebb/testing';

/** What a reader can choose among. */
export interface Choices {
  readonly sources: readonly string[];
  readonly days: readonly string[];
  readonly customers: readonly { readonly source: string; readonly customer: string }[];
}

/** Endpoints that a page asks together: those below one name, `/api/funnel` and `/api/funnel/drops`. */
export type Page = readonly DescribedEndpoint[];

export interface Question {
  readonly endpoint: DescribedEndpoint;
  /** Path and query. */
  readonly target: string;
}

const PAGE_ROWS = 25;
const MOST_PAGES = 4;
/** An integer that has no more values than this is a choice, such as a decile. */
const MOST_CHOICES = 12;
const IS_FILE = /\.\w+$/;
/** A file is not kept at every visit. */
const DOWNLOAD_SHARE = 0.1;

export function pagesOf(endpoints: readonly DescribedEndpoint[]): Page[] {
  return [...Map.groupBy(endpoints, ({ path }) => path.split('/')[2]?.split('.', 1)[0] ?? '').values()];
}

/** What one look at a page asks: one choice of source, day and customer for all, pages of lists and filters at random. */
export function visitOf(page: Page, choices: Choices, random: SeededRandom): Question[] {
  const { source, customer } = random.pick(choices.customers);
  const chosen: Readonly<Record<string, string | null>> = {
    source: random.pick([source, ...choices.sources]),
    date: random.pick(choices.days),
    customer,
  };
  return page
    .filter(({ path }) => !IS_FILE.test(path) || random.float() < DOWNLOAD_SHARE)
    .flatMap((endpoint) => {
      const values = endpoint.parameters.map(
        (parameter) => [parameter, chosen[parameter.name] ?? anyValue(parameter, random)] as const,
      );
      // What only a chosen thing can be asked about is left out.
      if (values.some(([{ required }, value]) => required && value === null)) return [];
      const query = new URLSearchParams();
      for (const [{ name }, value] of values) if (value !== null) query.set(name, value);
      // A customer is one of a source.
      if (query.has('customer')) query.set('source', source);
      return { endpoint, target: query.size === 0 ? endpoint.path : `${endpoint.path}?${query.toString()}` };
    });
}

/** Null for what is left out: any text could be wrong. */
function anyValue({ name, schema }: DescribedParameter, random: SeededRandom): string | null {
  if (schema.enum !== undefined) return random.pick(schema.enum);
  if (name === 'offset') return String(PAGE_ROWS * random.int(MOST_PAGES));
  const { minimum = 0, maximum = Infinity } = schema;
  const choices = maximum - minimum + 1;
  return choices <= MOST_CHOICES ? String(minimum + random.int(choices)) : null;
}
