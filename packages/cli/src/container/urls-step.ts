import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { envFlag, envText, loadConfig, option, portOption } from '@ebb/config';
import type { Step } from './step.ts';

const ports = {
  dashboard: portOption('EBB_DASHBOARD_PORT', 3000, 'published port of the Live page'),
  collector: portOption('EBB_COLLECTOR_PORT', 8090, 'published port of the collector'),
  aggregator: portOption('EBB_AGGREGATOR_PORT', 8091, "published port of the aggregator's health and metrics"),
  postgres: portOption('EBB_POSTGRES_PORT', 5432, 'published port of Postgres'),
  clickhouse: portOption('EBB_CLICKHOUSE_PORT', 8123, 'published port of ClickHouse'),
  objectStore: portOption('EBB_OBJECT_STORE_PORT', 9000, 'published port of the S3 server'),
  kafka: portOption('EBB_KAFKA_PORT', 9092, 'published port of Kafka'),
  connect: portOption('EBB_CONNECT_PORT', 8083, 'published port of Kafka Connect'),
  cdcConnector: portOption('EBB_CDC_CONNECTOR_PORT', 8085, 'published port of the schemas of all topics'),
  cdcSink: portOption('EBB_CDC_SINK_PORT', 8094, "published port of the sink's health and metrics"),
  ledger: portOption('EBB_LEDGER_PORT', 8095, "published port of the ledger's health and metrics"),
  batchLoader: portOption('EBB_BATCH_LOADER_PORT', 8096, "published port of the loader's health and metrics"),
  segmentationWorker: portOption(
    'EBB_SEGMENTATION_WORKER_PORT',
    8097,
    "published port of the worker's health and metrics",
  ),
  airflow: portOption('EBB_AIRFLOW_PORT', 8080, 'published port of Airflow'),
  superset: portOption('EBB_SUPERSET_PORT', 8088, 'published port of Superset'),
  mail: portOption('EBB_MAIL_PORT', 8025, 'published port of the caught mails'),
  tls: portOption('EBB_TLS_PORT', 8443, 'published port of the dashboard over TLS'),
  kafkaUi: portOption('EBB_KAFKA_UI_PORT', 19_000, 'published port of the Kafka UI'),
};

const options = { ...ports, demo: option('EBB_DEMO', envFlag(), { description: 'demo data', default: 'on' }) };

/** The last step: where to look. It names no secret, since it ends in a log. */
export const urlsStep: Step = (env, print) => {
  const config = loadConfig(options, env);
  const lines: [string, string][] = [
    ['Live page', `http://127.0.0.1:${config.dashboard}/`],
    ['Over TLS', `https://127.0.0.1:${config.tls}/ (--profile tls)`],
    ['Demo shop', `http://127.0.0.1:${config.collector}/demo-shop`],
    ['Collector', `http://127.0.0.1:${config.collector}/v1/website-events`],
    ['Aggregator', `http://127.0.0.1:${config.aggregator}/metrics`],
    ['Schemas', `http://127.0.0.1:${config.cdcConnector}/subjects`],
    ['Connect', `http://127.0.0.1:${config.connect}/connectors`],
    ['Sink', `http://127.0.0.1:${config.cdcSink}/metrics`],
    ['Ledger', `http://127.0.0.1:${config.ledger}/metrics`],
    ['Batch loader', `http://127.0.0.1:${config.batchLoader}/metrics`],
    ['Segmentation', `http://127.0.0.1:${config.segmentationWorker}/metrics`],
    ['Airflow', `http://127.0.0.1:${config.airflow}, mails at http://127.0.0.1:${config.mail} (--profile airflow)`],
    ['Superset', `http://127.0.0.1:${config.superset} (--profile superset)`],
    ['Postgres', `127.0.0.1:${config.postgres}, database ebb`],
    ['ClickHouse', `http://127.0.0.1:${config.clickhouse}`],
    ['Kafka', `127.0.0.1:${config.kafka}`],
    ['Kafka UI', `http://127.0.0.1:${config.kafkaUi} (--profile kafka-ui)`],
    ['Files (S3)', `http://127.0.0.1:${config.objectStore}, bucket ebb`],
    ['Demo data', config.demo ? 'on: year 1 replayed, live shop traffic' : 'off'],
    ['Logins, keys', 'docker compose run --rm logins'],
  ];
  print('Ebb is up.');
  for (const [label, value] of lines) print(`  ${label.padEnd(13)} ${value}`);
  return Promise.resolve();
};

const loginOptions = {
  ...ports,
  secrets: option('EBB_SECRETS_DIR', envText(), { description: "folder of this step's secrets" }),
};

/**
 * Prints the logins: a label, the login, where it is asked for. Meant for `docker compose run --rm`, whose output goes to
 * the terminal and whose container, log included, is removed at once.
 */
export const loginsStep: Step = async (env, print) => {
  const config = loadConfig(loginOptions, env);
  const read = async (name: string): Promise<string> => (await readFile(join(config.secrets, name), 'utf8')).trimEnd();
  const postgres = async (name: string): Promise<string> => published(await read(name), config.postgres);
  const clickhouse = async (name: string): Promise<string> => published(await read(name), config.clickhouse);
  const superset = page(config.superset);
  const lines: [label: string, login: string, where: string][] = [
    ['write_key', await read('write_key'), page(config.collector)],
    ['airflow', `admin ${await read('airflow_admin_password')}`, page(config.airflow)],
    ['dashboard', await read('dashboard_password'), `${page(config.dashboard)} (asked for beyond this machine)`],
    ['superset', `admin ${await read('superset_admin_password')}`, superset],
    ['superset_look', `viewer ${await read('superset_viewer_password')}`, superset],
    ['mail', '-', page(config.mail)],
    ['kafka_ui', '-', page(config.kafkaUi)],
    ['postgres_read', await postgres('reader_url'), ''],
    ['postgres_admin', await postgres('postgres_url'), ''],
    ['clickhouse_read', await clickhouse('clickhouse_reader_url'), ''],
    ['clickhouse_admin', await clickhouse('clickhouse_url'), ''],
    [
      'files',
      `${await read('object_store_access_key')} ${await read('object_store_secret_key')}`,
      `${page(config.objectStore)} (S3, bucket ebb)`,
    ],
  ];
  for (const [label, login, where] of lines) print(`${label.padEnd(16)} ${login}${where === '' ? '' : `  ${where}`}`);
};

function page(port: number): string {
  return `http://127.0.0.1:${port}/`;
}

/** The same login, as reached from the host. */
function published(url: string, port: number): string {
  const address = new URL(url);
  address.hostname = '127.0.0.1';
  address.port = String(port);
  return address.href;
}
