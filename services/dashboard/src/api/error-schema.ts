import { z } from 'zod';

/** Body of every answer that is not a success. */
export const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string() }),
});

export type ApiError = z.infer<typeof errorSchema>;
