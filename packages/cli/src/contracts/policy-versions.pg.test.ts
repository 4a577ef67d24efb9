import { testPostgres } from '@ebb/testing';
import { expect, it } from 'vitest';
import { latestPolicy, registerCustomTypes } from './policy-versions.ts';

// Postgres keeps keys in an order of its own; the same definition must be seen as the same nevertheless.
const videoPlay = {
  name: 'video_play',
  properties: { seconds: { type: 'number' }, codec: { type: 'string', max_length: 8, enum: ['b', 'a'] } },
};

it('each change is a new version in force from now, the same file again is none', async () => {
  const { pool } = await testPostgres();
  expect(await registerCustomTypes(pool, videoPlay)).toMatchObject({ version: 2, isNew: true, added: ['video_play'] });
  expect(await registerCustomTypes(pool, videoPlay)).toMatchObject({ version: 2, isNew: false });
  const latest = await latestPolicy(pool);
  expect(latest).toMatchObject({ version: 2, rawRetentionDays: 400 });
  expect(latest.customTypes).toEqual({
    video_play: {
      properties: {
        seconds: { type: 'number', required: false },
        codec: { type: 'string', required: false, max_length: 8, enum: ['b', 'a'] },
      },
    },
  });
  const { rows } = await pool.query(
    `SELECT version FROM ops.policies WHERE effective_from BETWEEN now() - interval '1 minute' AND now()`,
  );
  expect(rows).toEqual([{ version: 2 }]);
});

it('a refused file changes nothing', async () => {
  const { pool } = await testPostgres();
  await registerCustomTypes(pool, videoPlay);
  const narrowed = { ...videoPlay, properties: { ...videoPlay.properties, seconds: { type: 'integer' } } };
  await expect(registerCustomTypes(pool, narrowed)).rejects.toThrow('seconds: type "number" became "integer"');
  await expect(registerCustomTypes(pool, { name: 'login' })).rejects.toThrow('built-in');
  expect(await latestPolicy(pool)).toMatchObject({ version: 2 });
});

it('registrations at the same time lose nothing', async () => {
  const { pool } = await testPostgres();
  const names = ['a', 'b', 'c', 'd'];
  const changes = await Promise.all(names.map((name) => registerCustomTypes(pool, { name })));
  expect(new Set(changes.map(({ version }) => version))).toEqual(new Set([2, 3, 4, 5]));
  expect(Object.keys((await latestPolicy(pool)).customTypes).toSorted()).toEqual(names);
});
