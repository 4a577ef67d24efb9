import { expect, test } from 'vitest';
import type { ChangeMessage } from './change-messages.ts';
import { hopOf, type LoggedChange } from './captured-hop.ts';

const ROW = 1n;
const OLD = 2n;
const logged = (hash: bigint, isDeleted = false): LoggedChange => ({
  hash,
  version: 1n,
  isDeleted,
  partition: 0,
  offset: 1,
});
const repaired = (hash: bigint): LoggedChange => ({ ...logged(hash), partition: -1, offset: -1 });
const message = {} as ChangeMessage;
const signs = { row: ROW, logged: null, message: null, image: undefined, wasMutated: false, isComplete: true } as const;

test.each([
  ['the log has the row, the state has not', { logged: logged(ROW) }, 'clickhouse'],
  ['the log has the deletion, the state has a row', { row: null, logged: logged(OLD, true) }, 'clickhouse'],
  [
    'the topic has the row, the log has not',
    { logged: logged(OLD), message, image: ROW },
    'topic -> sink -> clickhouse',
  ],
  [
    'the topic has the deletion, the log has not',
    { row: null, logged: logged(OLD), message, image: null },
    'topic -> sink -> clickhouse',
  ],
  ['the topic has it, and somebody changed the log in place', { message, image: ROW, wasMutated: true }, 'clickhouse'],
  ['the topic ends with an older row', { logged: logged(OLD), image: OLD }, 'postgres -> connector -> topic'],
  [
    'the topic knows nothing of a deletion',
    { row: null, logged: logged(OLD), image: OLD },
    'postgres -> connector -> topic',
  ],
  ['the topic never heard of the row', {}, 'postgres -> connector -> topic'],
  ['nobody but ClickHouse ever heard of the row', { row: null }, 'clickhouse'],
  ['the topic has it where the log has another', { logged: logged(OLD), image: ROW }, 'clickhouse'],
  [
    'the log has what a repair wrote, the state has not; the topic is older',
    { logged: repaired(ROW), message, image: OLD },
    'clickhouse',
  ],
  [
    'the topic has a deletion, the log has what a repair wrote before',
    { row: null, logged: repaired(OLD), message, image: null },
    'topic -> sink -> clickhouse',
  ],
  [
    'nothing came after a repair but the change in Postgres',
    { logged: repaired(OLD), message, image: OLD },
    'postgres -> connector -> topic',
  ],
  ['nothing is left to tell by', { isComplete: false }, null],
  ['the logged message is gone', { logged: logged(OLD) }, null],
] as const)('%s', (_, change, hop) => {
  expect(hopOf({ ...signs, ...change })).toBe(hop);
});
