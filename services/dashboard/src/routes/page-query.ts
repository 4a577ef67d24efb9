import { z } from 'zod';

const MOST_A_PAGE = 200;
const MOST_TO_SKIP = 100_000_000;

/** Which part of a list is asked for. */
export const pageFields = {
  limit: z.coerce.number().int().min(1).max(MOST_A_PAGE).default(25),
  offset: z.coerce.number().int().min(0).max(MOST_TO_SKIP).default(0),
};
