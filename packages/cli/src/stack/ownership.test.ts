import { expect, test } from 'vitest';
import { stackHome } from './home.ts';
import { isOwnProcess, mustYield, processTitle } from './ownership.ts';

const home = { ...stackHome({ EBB_HOME: '/tmp' }), root: '/x/.ebb', postgres: '/x/.ebb/postgres' };

test.for([
  [['/n/postgres', '-D', '/x/.ebb/postgres', '-p', '5432'], true],
  [['java', '-Debb.owner=/x/.ebb', 'kafka.Kafka'], true],
  [['node', '--title=ebb-collector:/x/.ebb', 'main.ts'], true],
  [['ebb-collector:/x/.ebb'], true],
  [['/n/postgres', '-D', '/x/.ebb2/postgres'], false],
  [['node', '--title=ebb-collector:/y/x/.ebb'], false],
  [['tail', '-f', '/x/.ebb/logs/kafka.log'], false],
  [['grep', 'ebb-collector:/x/.ebb in a sentence'], false],
] as const)('%s is ours: %s', ([argv, isOurs]) => {
  expect(isOwnProcess(home, argv)).toBe(isOurs);
});

test('the title of a part names part and home', () => {
  expect(processTitle(home, 'kafka')).toBe('ebb-kafka:/x/.ebb');
});

test('of several supervisors exactly one stays: the one that started first', () => {
  const tokens = ['b:100', 'b:20', 'b:20'];
  const all = tokens.map((startToken, index) => ({ pid: 500 - index, startToken }));
  const staying = all.filter(
    (one) =>
      !mustYield(
        one,
        all.filter((other) => other !== one),
      ),
  );
  expect(staying).toEqual([{ pid: 498, startToken: 'b:20' }]);
  expect(mustYield(staying[0] ?? { pid: 0, startToken: '' }, [])).toBe(false);
});

test('where start times are dates, they order as well', () => {
  const early = { pid: 9, startToken: 'Sat Nov 21 09:59:59 2026' };
  const late = { pid: 1, startToken: 'Sat Nov 21 10:00:00 2026' };
  expect([mustYield(early, [late]), mustYield(late, [early])]).toEqual([false, true]);
});
