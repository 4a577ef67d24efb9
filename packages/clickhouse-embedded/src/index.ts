import { join } from 'node:path';

/** Program of the server; it is run, never imported, because the engine is half a gigabyte. */
export const CLICKHOUSE_MAIN: string = join(import.meta.dirname, 'main.ts');
export { engineLibrary, type EngineLibraryErrorCode } from './engine-library.ts';
export { INSTANCE_FILE } from './instance.ts';
