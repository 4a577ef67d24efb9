import { describe, expect, test } from 'vitest';
import type { BuildAttempt, ReportHead } from '../api-types.ts';
import { reportStatus } from './report-status.ts';

const NOW = Date.parse('2026-03-11T08:00:00Z');

function head(builtAt: string, attempt: BuildAttempt | null = null): ReportHead {
  return {
    serverTime: '2026-03-11T08:00:00.000Z',
    publication: {
      id: 'p20260311030000_1a2b',
      asOf: '2026-03-11',
      asOfRetail: null,
      builtAt,
      models: 73,
      testsPassed: 242,
      testsWarned: 0,
    },
    attempt,
  };
}

const shown = (data: ReportHead | null, failure: { code: string; message: string } | null = null) =>
  reportStatus({ data, failure, isLoading: false }, NOW);

test('before the first answer it is loading', () => {
  expect(shown(null)).toEqual({ kind: 'loading', label: 'Loading', detail: null });
});

describe('a build', () => {
  test('of last night is current', () => {
    expect(shown(head('2026-03-11T03:00:00.000Z'))).toEqual({ kind: 'current', label: 'Published', detail: null });
  });

  test('of the night before is out of date', () => {
    expect(shown(head('2026-03-10T03:00:00.000Z'))).toMatchObject({
      kind: 'stale',
      detail: expect.stringMatching(/29 h old/) as string,
    });
  });

  test('that is followed by one under way says so, and stays current', () => {
    const attempt = { id: 'p2', state: 'building', startedAt: '2026-03-11T07:59:00.000Z', reason: '' } as const;
    expect(shown(head('2026-03-11T03:00:00.000Z', attempt))).toMatchObject({
      kind: 'current',
      label: expect.stringMatching(/under way/) as string,
    });
  });

  test('that is followed by a failed one says why', () => {
    const reason = '1 failed: retail_layers_add_up (fail)';
    const attempt = { id: 'p2', state: 'failed', startedAt: '2026-03-11T05:00:00.000Z', reason } as const;
    expect(shown(head('2026-03-11T03:00:00.000Z', attempt))).toMatchObject({
      kind: 'build_failed',
      detail: expect.stringMatching(/3 h ago failed.*retail_layers_add_up/) as string,
    });
  });
});

test('before the first publication the page is empty and names the command', () => {
  const failure = { code: 'NOTHING_PUBLISHED', message: 'No build is published yet; run “ebb build”.' };
  expect(shown(null, failure)).toMatchObject({ kind: 'empty', detail: expect.stringMatching(/ebb build/) as string });
});

test('a failure keeps the last figures and says so', () => {
  const failure = { code: 'DATABASE_AWAY', message: 'The warehouse does not answer.' };
  expect(shown(null, failure)).toMatchObject({ kind: 'failing', detail: 'The warehouse does not answer.' });
  expect(shown(head('2026-03-11T03:00:00.000Z'), failure)).toMatchObject({
    kind: 'failing',
    detail: expect.stringMatching(/last known/) as string,
  });
});

test('what is not there is told apart from a server that does not answer', () => {
  const failure = { code: 'NOT_FOUND', message: 'No customer “x” of source “shop” is known.' };
  expect(shown(null, failure)).toEqual({ kind: 'empty', label: 'Not found', detail: failure.message });
});
