import { afterAll } from 'vitest';
import { disposeAll } from './disposal.ts';

afterAll(disposeAll);
