import { join } from 'node:path';

/** The program, for who starts it as a process of its own. */
export const MAIL_CATCHER_MAIN = join(import.meta.dirname, 'main.ts');
