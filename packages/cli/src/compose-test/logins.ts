import { must } from '@ebb/core';
import type { ComposeProject } from './compose-project.ts';

export interface Logins {
  writeKey: string;
  adminUrl: string;
  /** May only read. */
  clickhouseUrl: string;
}

/** What `docker compose run --rm logins` tells a person. */
export async function readLogins(project: ComposeProject): Promise<Logins> {
  const lines = (await project.runOnce('logins')).split('\n').map((line) => line.trim().split(/\s+/));
  const value = (label: string): string => must(lines.find(([name]) => name === label)?.[1], `login ${label}`);
  return {
    writeKey: value('write_key'),
    adminUrl: value('postgres_admin'),
    clickhouseUrl: value('clickhouse_read'),
  };
}

/** Every generated secret by name, read by the one step that may. */
export async function readSecrets(project: ComposeProject): Promise<Map<string, string>> {
  const text = await project.runOnce('secrets', ['sh', '-c', 'cd /run/ebb/secrets/master && tail -n +1 -v -- *']);
  const secrets = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/==> (\S+) <==\n(\S+)/g)) secrets.set(name, value);
  must(secrets.get('write_key'), 'secret write_key');
  return secrets;
}
