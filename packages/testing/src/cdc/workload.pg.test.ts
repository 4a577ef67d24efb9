import { expect, test } from 'vitest';
import { testPostgres } from '../services.ts';
import { playRace, RACES, raceTableStatements } from './races.ts';
import { planWorkload } from './workload.ts';
import { WorkloadRunner } from './workload-runner.ts';
import { createStatements, quotedName, workloadTables } from './workload-tables.ts';

test('random transactions run: most commit, some meet and fail, rows of every table stay', async () => {
  const { url, pool } = await testPostgres();
  const tables = workloadTables('w');
  for (const statement of createStatements('w', tables)) await pool.query(statement);
  const runner = await WorkloadRunner.connect(url, 3);
  const plan = planWorkload({ seed: 'pg', tables, connections: 3 });
  for (let round = 0; round < 60; round += 1) await runner.play(plan.next().value);
  await runner.end();
  expect(runner.counts.committed).toBeGreaterThan(60);
  expect(runner.counts.rolledBack).toBeGreaterThan(3);
  expect(runner.counts.failed).toBeLessThan(runner.counts.committed / 3);
  for (const table of tables) {
    const { rows } = await pool.query<{ n: number }>(`SELECT count(*)::integer AS n FROM ${quotedName(table)}`);
    expect(rows[0]?.n).toBeGreaterThan(0);
  }
});

test.each(RACES)('the race "%s" logs the surviving row before the delete it outlives', async (race) => {
  const { url, pool } = await testPostgres();
  const table = { schema: 'crm', name: 'race' };
  for (const statement of raceTableStatements(table)) await pool.query(statement);
  await pool.query(`SELECT pg_create_logical_replication_slot('race_${race.replace('-', '_')}', 'test_decoding')`);
  const report = await playRace(url, table, race, 7);
  expect(report.survivor).toEqual({ id: '7', note: 'survivor' });
  // Decoded in commit order: the delete first, with the greater LSN.
  const slot = `race_${race.replace('-', '_')}`;
  const { rows } = await pool.query<{ data: string; lsn: string; later: boolean }>(
    `SELECT data, lsn, lsn > lag(lsn) OVER () AS later FROM pg_logical_slot_get_changes('${slot}', NULL, NULL)
     WHERE data ~ 'DELETE.*id.*:7' OR data ~ 'survivor'`,
  );
  await pool.query(`SELECT pg_drop_replication_slot('${slot}')`);
  expect(rows.map(({ data }) => /: (\w+):/.exec(data)?.[1])).toEqual([
    'DELETE',
    race === 'insert' ? 'INSERT' : 'UPDATE',
  ]);
  expect(rows[1]?.later).toBe(false);
});
