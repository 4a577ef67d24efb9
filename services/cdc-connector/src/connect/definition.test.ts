import { expect, it } from 'vitest';
import { loadConnectorConfig } from '../config.ts';
import { config } from '../testing/states.ts';
import { connectorDefinition } from './definition.ts';

it('loses nothing and narrows nothing', () => {
  expect(connectorDefinition(config, 3, [])).toMatchObject({
    'slot.name': 'ebb_cdc_3',
    'slot.drop.on.stop': 'false',
    'publication.autocreate.mode': 'disabled',
    'decimal.handling.mode': 'string',
    'snapshot.mode': 'no_data',
    'time.precision.mode': 'isostring',
    'skipped.operations': 'none',
    'tombstones.on.delete': 'true',
    'value.converter.replace.null.with.default': 'false',
    'value.converter.schemas.enable': 'false',
    'errors.max.retries': '-1',
    'producer.override.acks': 'all',
    'producer.override.enable.idempotence': 'true',
    'producer.override.max.in.flight.requests.per.connection': '1',
    'topic.creation.history.retention.ms': '-1',
    'transforms.epoch.value.literal': '3',
  });
});

it('reaches the database as the service does, unless told otherwise', () => {
  expect(connectorDefinition(config, 1, [])).toMatchObject({
    'database.hostname': 'db',
    'database.port': '5433',
    'database.user': 'ebb_connector',
    'database.password': 's@crt',
    'database.dbname': 'ebb',
  });
  const other = loadConnectorConfig({
    EBB_POSTGRES_URL: 'postgres://u:p@127.0.0.1/ebb',
    EBB_KAFKA_BROKERS: 'k:1',
    EBB_CONNECT_URL: 'http://c',
    EBB_CDC_DATABASE_HOST: 'postgres',
    EBB_CDC_DATABASE_PORT: '6000',
    EBB_CDC_DATABASE_LOGIN: '${env:X}',
    EBB_CDC_KAFKA_BROKERS: 'inside:9092',
  });
  expect(connectorDefinition(other, 1, [])).toMatchObject({
    'database.hostname': 'postgres',
    'database.port': '6000',
    'database.password': '${env:X}',
    'producer.override.bootstrap.servers': 'inside:9092',
  });
});

it('leaves out refused tables, and those whose name no topic can have', () => {
  const list = connectorDefinition(config, 1, ['crm.a', 'crm.a-b'])['table.include.list'] ?? '';
  const isCaptured = (name: string): boolean => list.split(',').some((item) => new RegExp(`^(?:${item})$`).test(name));
  expect(['crm.a', 'crm.a-b', 'crm.Big Table', 'crm.a$b', 'crm.a.b'].filter(isCaptured)).toEqual([]);
  const names = ['crm.ab', 'crm.a-c', 'crm.Upper_1', 'sales.a', 'ops.ddl_history'];
  expect(names.filter(isCaptured)).toEqual(names);
  expect(['ops.settings', 'stream.web_events'].map(isCaptured)).toEqual([false, false]);
});
