import { z } from 'zod';

export const accessSchema = z.object({
  /** open: only this machine reaches it. login: who logged in. public: everybody, nothing about single customers. */
  mode: z.enum(['open', 'login', 'public']),
  /** Paths of pages that would show nothing. */
  hiddenPages: z.array(z.string()),
});

export type AccessInfo = z.infer<typeof accessSchema>;
