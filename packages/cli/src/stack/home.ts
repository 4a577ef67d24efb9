import { mkdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '@ebb/config';

export const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));
export const MIGRATIONS = join(REPOSITORY, 'sql', 'postgres');
export const CLICKHOUSE_MIGRATIONS = join(REPOSITORY, 'sql', 'clickhouse');

/** Where one stack keeps everything of its own: data, logs, secrets, state. */
export interface StackHome {
  /** Real path; processes are recognised by it, so that two spellings are one stack. */
  root: string;
  logs: string;
  postgres: string;
  kafka: string;
  clickhouse: string;
  objects: string;
  stateFile: string;
  portsFile: string;
  secretsFile: string;
}

/** EBB_HOME, else `.ebb` in the checkout; created when it is not there. */
export function stackHome(env: Environment): StackHome {
  const wanted = resolve(env['EBB_HOME'] || join(REPOSITORY, '.ebb'));
  mkdirSync(join(wanted, 'logs'), { recursive: true });
  const root = realpathSync(wanted);
  return {
    root,
    logs: join(root, 'logs'),
    postgres: join(root, 'postgres'),
    kafka: join(root, 'kafka'),
    clickhouse: join(root, 'clickhouse'),
    objects: join(root, 'objects'),
    stateFile: join(root, 'state.json'),
    portsFile: join(root, 'ports.json'),
    secretsFile: join(root, 'secrets.json'),
  };
}

export function logFileOf(home: StackHome, part: string): string {
  return join(home.logs, `${part}.log`);
}
