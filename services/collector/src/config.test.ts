import { readFileSync } from 'node:fs';
import { describeOptions } from '@ebb/config';
import { expect, test } from 'vitest';
import { collectorOptions, loadCollectorConfig } from './config.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8').replaceAll(/ +/g, ' ');

test('the README names every setting of the collector with its default', () => {
  const own = describeOptions(collectorOptions).filter(
    ({ name }) => name.includes('COLLECTOR') || name.includes('DEMO'),
  );
  for (const setting of own) expect(README).toContain(`| \`${setting.name}\` | ${setting.default}`.trimEnd());
});

test('a refresh slower than the promise of five seconds is refused', () => {
  const env = { EBB_KAFKA_BROKERS: 'b:1', EBB_POSTGRES_URL: 'postgres://x', EBB_COLLECTOR_SETTINGS_REFRESH_MS: '5001' };
  expect(() => loadCollectorConfig(env)).toThrow(/EBB_COLLECTOR_SETTINGS_REFRESH_MS/);
});
