import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { REPOSITORY } from '../stack/home.ts';
import { portVariables } from './port-variables.ts';

it('knows the variable of every published port of docker-compose.yml', async () => {
  const text = await readFile(join(REPOSITORY, 'docker-compose.yml'), 'utf8');
  const { services } = parse(text, { merge: true, maxAliasCount: -1 }) as {
    services: Record<string, { ports?: string[] }>;
  };
  const published = Object.entries(services).filter(([, { ports = [] }]) => ports.length > 0);
  expect(published.length).toBeGreaterThan(10);
  const expected = published.map(([name, { ports }]) => [name, /EBB_\w+_PORT/.exec(String(ports))?.[0]]);
  expect([...portVariables(text)]).toEqual(expected);
});
