import type { Environment } from '@ebb/config';

/** One step of bringing the composed project up. It may run again at any time: what is done already stays as it is. */
export type Step = (env: Environment, print: (line: string) => void) => Promise<void>;
