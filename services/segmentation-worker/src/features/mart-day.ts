import type { Clickhouse, Publication } from '@ebb/clickhouse';
import { WorkerError } from '../errors.ts';

export interface MartDay {
  readonly source: string;
  readonly asked: string | undefined;
  /** Relation and condition of the source's rows, each with `as_of`. */
  readonly from: string;
  /** Says that there are none. */
  readonly nobody: string;
}

/**
 * The day of which a build of the marts is a picture for a source. Raises NO_MARTS where it has no rows, BAD_FEATURE
 * where they are of several days, and OTHER_DAY where another day is asked for.
 */
export async function dayOfMart(
  clickhouse: Clickhouse,
  { id }: Pick<Publication, 'id'>,
  { source, asked, from, nobody }: MartDay,
): Promise<string> {
  const rows = await clickhouse.query<{ day: string }>(`SELECT DISTINCT toString(as_of) AS day FROM ${from}`, {
    source,
  });
  const [first, second] = rows;
  if (first === undefined) throw new WorkerError('NO_MARTS', `${nobody} in build ${id}: load data first`);
  if (second !== undefined) {
    throw new WorkerError(
      'BAD_FEATURE',
      `build ${id} holds customers as of ${first.day} and of ${second.day}: build again`,
    );
  }
  if (asked === undefined || asked === first.day) return first.day;
  throw new WorkerError(
    'OTHER_DAY',
    `build ${id} is a picture of ${first.day} for "${source}", not of ${asked}: build the marts as of that day first`,
  );
}
