import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DescribedEndpoint,
  describedEndpoints,
  type DescribedParameter,
  testPostgres,
  type TestPostgres,
} from '@ebb/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Answer, ask, forEachOf, masked, neededBeside } from './testing/api-questions.ts';
import { injectionAttempts, type Traps } from './testing/attempts/attempts.ts';
import { type Canary, startCanary } from './testing/canary.ts';
import { clickhousePrint, postgresPrint, type Print } from './testing/database-prints.ts';
import { extremesOf, garbageFor, isBounded } from './testing/garbage.ts';
import { BUILD_MS, type PublishedMarts, publishMarts } from './testing/published-marts.ts';
import { seedDocuments } from './testing/seed-documents.ts';
import { seedRefused } from './testing/seed-warehouse.ts';
import { startDashboard, type TestDashboard } from './testing/test-dashboard.ts';

/** What is not meant for a parameter, over all parameters of all endpoints that the API describes, on seeded databases. */

/** Thousands of requests. */
const PATIENT = { timeout: 300_000 };
const AT_A_TIME = 8;
/**
 * A parameter is tried with one of so many attempts, each with others, so that every attempt meets some of each kind: free text,
 * and what its type refuses before anything is read.
 */
const EVERY_TEXT = 4;
const EVERY_TYPED = 10;
const MOST_BYTES = 1_000_000;
/** Nothing has this value. */
const NOTHING = 'nothing_like_this';

let db: TestPostgres;
let marts: PublishedMarts;
let dashboard: TestDashboard;
let endpoints: DescribedEndpoint[];
let canary: Canary;
let traps: Traps;
let before: Print[];

const prints = async (): Promise<Print[]> => [
  await postgresPrint(db.pool),
  await clickhousePrint(marts.server.clickhouse),
];

beforeAll(async () => {
  marts = await publishMarts();
  db = await testPostgres();
  await seedRefused(db.pool);
  await seedDocuments(db.pool);
  dashboard = await startDashboard(db.roleUrl('ebb_dashboard'), {
    env: { EBB_CLICKHOUSE_URL: marts.server.readerUrl },
  });
  const folder = await mkdtemp(join(tmpdir(), 'ebb-attempts-'));
  canary = await startCanary();
  traps = { canary: canary.url, file: join(folder, 'written') };
  endpoints = await describedEndpoints(dashboard.url);
  before = await prints();
  return async () => {
    await dashboard.close();
    await canary.close();
    await rm(folder, { recursive: true });
  };
}, BUILD_MS);

interface Question {
  endpoint: DescribedEndpoint;
  parameter: DescribedParameter;
  value: string;
}

function questionsOf(values: (parameter: DescribedParameter) => readonly string[]): Question[] {
  return endpoints.flatMap((endpoint) =>
    endpoint.parameters.flatMap((parameter) => values(parameter).map((value) => ({ endpoint, parameter, value }))),
  );
}

function spread(attempts: readonly string[]): (parameter: DescribedParameter) => readonly string[] {
  let parameters = 0;
  return ({ schema }) => {
    parameters += 1;
    const isText = schema.type === 'string' && schema.enum === undefined && schema.pattern === undefined;
    return attempts.filter((_, index) => (index + parameters) % (isText ? EVERY_TEXT : EVERY_TYPED) === 0);
  };
}

function addressOf({ endpoint, parameter, value }: Question): string {
  const query = new URLSearchParams({ ...neededBeside(parameter.name, endpoint), [parameter.name]: value });
  return `${dashboard.url}${endpoint.path}?${query.toString()}`;
}

/** What is wrong with the answers to all questions: nothing. */
async function wrongAnswers(
  questions: readonly Question[],
  judge: (answer: Answer, question: Question) => string | null | Promise<string | null>,
): Promise<string[]> {
  const wrong: string[] = [];
  await forEachOf(questions, AT_A_TIME, async (question) => {
    const answer = await ask(addressOf(question));
    const what = wrongWith(answer, question) ?? (await judge(answer, question));
    const { endpoint, parameter, value } = question;
    if (what !== null) wrong.push(`${endpoint.path} ${parameter.name}=${JSON.stringify(value.slice(0, 80))}: ${what}`);
  });
  return wrong;
}

/** What no answer may be, whatever was asked. */
function wrongWith({ status, headers, text }: Answer, { endpoint, parameter }: Question): string | null {
  if (headers.has('x-ebb-injected') || headers.has('set-cookie')) return 'a header of the asker';
  if (text.length > MOST_BYTES) return `${text.length} bytes`;
  const type = headers.get('content-type') ?? '';
  if (status === 200) return type.startsWith(endpoint.contentType) ? null : `content of ${type}`;
  if (status !== 400 && status !== 404) return `${status} ${text.slice(0, 200)}`;
  const { error } = JSON.parse(text) as { error: { code: string; message: string } };
  if (status === 404) return error.code === 'NOT_FOUND' ? null : error.code;
  return error.code === 'INVALID_QUERY' && error.message.includes(parameter.name)
    ? null
    : `no reason: ${error.message}`;
}

describe('attempts to inject', () => {
  test('there are more than 200, none twice', () => {
    const attempts = injectionAttempts(traps);
    expect(new Set(attempts).size).toBe(attempts.length);
    expect(attempts.length).toBeGreaterThanOrEqual(200);
  });

  test('find nothing in any parameter, or are refused with a reason', PATIENT, async () => {
    const attempts = injectionAttempts(traps);
    const ofNothing = new Map<string, Promise<Answer>>();
    const answerOfNothing = (question: Question): Promise<Answer> => {
      const address = addressOf({ ...question, value: NOTHING });
      const known = ofNothing.get(address) ?? ask(address);
      ofNothing.set(address, known);
      return known;
    };
    const judge = async (answer: Answer, question: Question): Promise<string | null> => {
      if (answer.status !== 200) return null;
      const nothing = await answerOfNothing(question);
      if (nothing.status !== 200) return 'taken, where a harmless text is refused';
      if (question.endpoint.contentType !== 'application/json')
        return answer.text === nothing.text ? null : answer.text;
      const [found, none] = [masked(answer.text, question.value), masked(nothing.text, NOTHING)];
      return found === none ? null : `found ${found.slice(0, 300)}\n instead of ${none.slice(0, 300)}`;
    };
    expect(await wrongAnswers(questionsOf(spread(attempts)), judge)).toEqual([]);
  });

  test('as names of parameters are refused, as paths are not found, as headers change nothing', PATIENT, async () => {
    const path = '/api/quality/files';
    const plain = await ask(dashboard.url + path);
    const wrong: string[] = [];
    await forEachOf(injectionAttempts(traps), AT_A_TIME, async (attempt) => {
      const named = await ask(`${dashboard.url}${path}?${new URLSearchParams({ [attempt]: '1' }).toString()}`);
      const under = await ask(`${dashboard.url}/api/${encodeURIComponent(attempt.toWellFormed())}`);
      const header = encodeURI(attempt.toWellFormed()).slice(0, 2_000);
      const headers = { referer: header, 'x-forwarded-for': header, cookie: header, 'user-agent': header };
      const headed = await ask(dashboard.url + path, { headers });
      if (named.status !== 400) wrong.push(`name ${attempt}: ${named.status}`);
      if (![400, 404, 414].includes(under.status)) wrong.push(`path ${attempt}: ${under.status}`);
      if (masked(headed.text, '') !== masked(plain.text, '')) wrong.push(`header ${attempt}: ${headed.text}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('garbage', () => {
  test('every parameter says how large it may be', () => {
    const unbounded = questionsOf((parameter) => (isBounded(parameter) ? [] : ['']));
    expect(unbounded.map(({ endpoint, parameter }) => `${endpoint.path} ${parameter.name}`)).toEqual([]);
  });

  test('is refused with a reason that names the parameter', PATIENT, async () => {
    const taken = ({ status }: Answer): string | null => (status === 400 ? null : `taken (${status})`);
    expect(await wrongAnswers(questionsOf(garbageFor), taken)).toEqual([]);
  });

  test('at the edge of what is taken fails nowhere', PATIENT, async () => {
    expect(await wrongAnswers(questionsOf(extremesOf), () => null)).toEqual([]);
  });

  test('given twice is refused', PATIENT, async () => {
    const wrong: string[] = [];
    await forEachOf(
      questionsOf(() => ['1']),
      AT_A_TIME,
      async (question) => {
        const { status } = await ask(`${addressOf(question)}&${question.parameter.name}=2`);
        if (status !== 400) wrong.push(`${question.endpoint.path} ${question.parameter.name}: ${status}`);
      },
    );
    expect(wrong).toEqual([]);
  });

  test('that is no text of UTF-8 is refused or finds nothing', PATIENT, async () => {
    const wrong: string[] = [];
    const broken = ['%', '%zz', '%FF', '%ED%A0%80', '%C0%AE%C0%AE', '%E0%A4%A', '&&==&', '%00'];
    const questions = questionsOf(() => broken);
    await forEachOf(questions, AT_A_TIME, async (question) => {
      const { endpoint, parameter, value } = question;
      const needed = new URLSearchParams(neededBeside(parameter.name, endpoint));
      const answer = await ask(`${dashboard.url}${endpoint.path}?${parameter.name}=${value}&${needed.toString()}`);
      if (![200, 400, 404].includes(answer.status)) wrong.push(`${endpoint.path} ${parameter.name}: ${answer.status}`);
    });
    expect(wrong).toEqual([]);
  });
});

test('after all this both databases are as before, and nothing was written, run or asked for', PATIENT, async () => {
  expect(await prints()).toEqual(before);
  expect(canary.heard).toEqual([]);
  expect(existsSync(traps.file)).toBe(false);
});
