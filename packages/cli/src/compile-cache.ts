import { join } from 'node:path';
import { REPOSITORY } from './stack/home.ts';

/** Where Node keeps compiled sources, of this program and of what it starts: anew they cost each process half a second. */
export const COMPILE_CACHE = join(REPOSITORY, 'node_modules', '.cache', 'node');
