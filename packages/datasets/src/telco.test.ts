import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { TELCO_CHURN } from './index.ts';

test('the telco customers are the file it says it is', () => {
  const content = readFileSync(TELCO_CHURN.path);
  expect(createHash('sha256').update(content).digest('hex')).toBe(TELCO_CHURN.sha256);
  const [header = '', ...rows] = gunzipSync(content).toString().trim().split('\n');
  expect(header.trim().split(',')).toHaveLength(21);
  expect(rows).toHaveLength(TELCO_CHURN.rows);
  expect(rows.filter((row) => row.trim().endsWith(',Yes'))).toHaveLength(1869);
});
