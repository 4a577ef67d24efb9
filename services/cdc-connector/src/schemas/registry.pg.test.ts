import { testPostgres, type TestPostgres } from '@ebb/testing';
import { createPool } from '@ebb/postgres';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { schemaDocument } from './documents.ts';
import { readRegistry, type RegisteredSchema } from './registry.ts';

let database: TestPostgres;
let registry: Map<string, RegisteredSchema[]>;

const versioned = z.object({ subject: z.string(), version: z.number(), id: z.number(), schema: z.string() });
const get = (path: string): unknown => schemaDocument(path, registry).body;

beforeAll(async () => {
  database = await testPostgres();
  await database.pool.query(
    `CREATE TABLE crm.thing (b text, a integer, label varchar(9) NOT NULL, at timestamptz, PRIMARY KEY (a, b));
     ALTER TABLE crm.thing ADD COLUMN amount numeric(20, 4)`,
  );
  await database.pool.query('ALTER TABLE crm.thing SET (fillfactor = 90)');
  const pool = createPool({ url: database.roleUrl('ebb_connector'), applicationName: 'test', max: 1 });
  registry = await readRegistry(pool);
  await pool.end();
});

it('has every topic of events and of captured tables', () => {
  expect(get('/subjects')).toEqual(
    expect.arrayContaining([
      'website_events-value',
      'purchase_events-value',
      'cdc.crm.thing-key',
      'cdc.sales.orders-value',
    ]),
  );
});

it('keeps a version for each set of columns, oldest first', () => {
  expect(get('/subjects/cdc.crm.thing-value/versions')).toEqual([1, 2]);
  expect(get('/subjects/cdc.crm.thing-key/versions')).toEqual([1]);
  const columnsOf = (version: string): string[] => {
    const { schema } = versioned.parse(get(`/subjects/cdc.crm.thing-value/versions/${version}`));
    const rows = z.object({ properties: z.object({ after: z.object({ anyOf: z.array(z.looseObject({})) }) }) });
    return Object.keys(rows.parse(JSON.parse(schema)).properties.after.anyOf[1]?.['properties'] ?? {});
  };
  expect(columnsOf('1')).toEqual(['b', 'a', 'label', 'at']);
  expect(columnsOf('latest')).toEqual(['b', 'a', 'label', 'at', 'amount']);
});

it('describes a key in the order of the key, and values as the connector writes them', () => {
  const key = versioned.parse(get('/subjects/cdc.crm.thing-key/versions/1'));
  expect(JSON.parse(key.schema)).toMatchObject({ required: ['a', 'b'], properties: { a: { type: 'integer' } } });
  const { schema } = versioned.parse(get('/subjects/cdc.crm.thing-value/versions/2'));
  expect(JSON.parse(schema)).toMatchObject({
    properties: {
      after: {
        anyOf: [
          { type: 'null' },
          {
            properties: {
              label: { type: 'string' },
              amount: { type: ['string', 'null'], description: 'numeric(20,4)' },
            },
          },
        ],
      },
    },
  });
});

it('finds a schema by its id, the same for the same schema', () => {
  const { id, schema } = versioned.parse(get('/subjects/cdc.crm.thing-value/versions/2'));
  expect(get(`/schemas/ids/${id}`)).toEqual({ schemaType: 'JSON', schema });
});

it.each([
  ['/subjects/nothing/versions', 404, 40_401],
  ['/subjects/cdc.crm.thing-key/versions/9', 404, 40_402],
  ['/subjects/cdc.crm.thing-key/versions/newest', 422, 42_202],
  ['/schemas/ids/1', 404, 40_403],
  ['/schemas/ids/x', 404, 40_403],
  ['/subjects/cdc.crm.thing-key/other', 404, 404],
])('answers %s as registries do', (path, status, code) => {
  const answer = schemaDocument(path, registry);
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({ error_code: code });
});
