import { z } from 'zod';

const MOST_A_PAGE = 200;
const MOST_TO_SKIP = 100_000_000;

/** A number that the address has in plain digits; `Number` would also take "", " 5", "0x10" and "1e1" for one. */
export const digits = <T extends z.ZodType>(schema: T) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^(?:0|-?[1-9]\d*)$/.test(value) ? Number(value) : value),
    schema,
  );

/** Which part of a list is asked for. */
export const pageFields = {
  limit: digits(z.int().min(1).max(MOST_A_PAGE).default(25)),
  offset: digits(z.int().min(0).max(MOST_TO_SKIP).default(0)),
};
