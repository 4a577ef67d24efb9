import type { Pool } from './pool.ts';

/** That an anonymous_id is not a user's, whatever its events say. */
export interface IdentityUnmerge {
  source: string;
  anonymousId: string;
  userId: string;
  reason: string;
  madeAt: Date;
}

type Link = Pick<IdentityUnmerge, 'source' | 'anonymousId' | 'userId'>;

/** Takes the user off the anonymous_id; false when that was decided before (its reason stays). */
export async function unmergeIdentity(pool: Pool, link: Link & { reason: string }): Promise<boolean> {
  const { rowCount } = await pool.query(
    `INSERT INTO crm.identity_unmerges (source, anonymous_id, user_id, reason) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING`,
    [link.source, link.anonymousId, link.userId, link.reason],
  );
  return rowCount === 1;
}

/** Takes an unmerge back, so that events decide again; false when there is none. */
export async function restoreIdentity(pool: Pool, link: Link): Promise<boolean> {
  const { rowCount } = await pool.query(
    'DELETE FROM crm.identity_unmerges WHERE (source, anonymous_id, user_id) = ($1, $2, $3)',
    [link.source, link.anonymousId, link.userId],
  );
  return rowCount === 1;
}

/** All unmerges in force, newest first. */
export async function listIdentityUnmerges(pool: Pool): Promise<IdentityUnmerge[]> {
  const { rows } = await pool.query<IdentityUnmerge>(
    `SELECT source, anonymous_id AS "anonymousId", user_id AS "userId", reason, made_at AS "madeAt"
     FROM crm.identity_unmerges ORDER BY made_at DESC, source, anonymous_id, user_id`,
  );
  return rows;
}
