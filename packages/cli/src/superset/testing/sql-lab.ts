import { must } from '@ebb/core';
import { z } from 'zod';
import type { DatabaseName } from '../asset-types.ts';
import { databaseUuid } from '../dataset-asset.ts';
import type { SupersetClient } from '../superset-client.ts';

const databases = z.object({ result: z.array(z.object({ id: z.number(), uuid: z.string() })) });
const answer = z.object({ data: z.array(z.record(z.string(), z.unknown())) });

/** The number Superset has given to one of our databases. */
export async function databaseId(superset: SupersetClient, name: DatabaseName): Promise<number> {
  const { result } = databases.parse(await superset.get('/api/v1/database/'));
  return must(result.find(({ uuid }) => uuid === databaseUuid(name))?.id, `database ${name} in Superset`);
}

/** Rows of a statement that somebody types into SQL Lab. */
export async function askInSqlLab(superset: SupersetClient, name: DatabaseName, sql: string): Promise<object[]> {
  const id = await databaseId(superset, name);
  return answer.parse(await superset.post('/api/v1/sqllab/execute/', { database_id: id, sql })).data;
}
