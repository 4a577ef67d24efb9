import { type Environment, loadConfig, portOption } from '@ebb/config';
import { choosePort } from '@ebb/local-stack';
import { z } from 'zod';
import type { StackHome } from './home.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const wantedPorts = {
  postgres: portOption('EBB_POSTGRES_PORT', 5432, 'port of Postgres'),
  kafka: portOption('EBB_KAFKA_PORT', 9092, 'port of Kafka'),
  kafkaController: portOption('EBB_KAFKA_CONTROLLER_PORT', 9093, "port of Kafka's controller"),
  clickhouse: portOption('EBB_CLICKHOUSE_PORT', 8123, "port of ClickHouse's HTTP interface"),
  objectStore: portOption('EBB_OBJECT_STORE_PORT', 9000, 'port of the S3 server that holds the files'),
  connect: portOption('EBB_CONNECT_PORT', 8083, 'port of Kafka Connect'),
  cdcConnector: portOption('EBB_CDC_CONNECTOR_PORT', 8085, "port of the connector's schemas, health and metrics"),
  collector: portOption('EBB_COLLECTOR_PORT', 8090, 'port of the collector'),
  aggregator: portOption('EBB_AGGREGATOR_PORT', 8091, "port of the aggregator's health and metrics"),
  cdcSink: portOption('EBB_CDC_SINK_PORT', 8094, "port of the sink's health and metrics"),
  ledger: portOption('EBB_LEDGER_PORT', 8095, "port of the ledger's health and metrics"),
  batchLoader: portOption('EBB_BATCH_LOADER_PORT', 8096, "port of the batch loader's health and metrics"),
  segmentationWorker: portOption(
    'EBB_SEGMENTATION_WORKER_PORT',
    8097,
    "port of the segmentation worker's health and metrics",
  ),
  airflow: portOption('EBB_AIRFLOW_PORT', 8080, 'port of Airflow'),
  superset: portOption('EBB_SUPERSET_PORT', 8088, 'port of Superset'),
  supersetWorker: portOption('EBB_SUPERSET_WORKER_PORT', 8098, "port of the health of Superset's worker"),
  mail: portOption('EBB_MAIL_PORT', 8025, 'port of the page that shows caught mails'),
  mailSmtp: portOption('EBB_MAIL_SMTP_PORT', 1025, 'port on which mails are caught'),
  dashboard: portOption('EBB_DASHBOARD_PORT', 3000, 'port of the Live page'),
};
export type PortName = keyof typeof wantedPorts;
export const PORT_NAMES = Object.keys(wantedPorts) as PortName[];

const FIRST_OF_ANY = 20_000;
const keptPorts = z.partialRecord(z.string(), z.number().int().min(1).max(65_535));

/**
 * The ports of one stack: what it had before, else what is asked for, else the next free one; kept in `.ebb`, so that
 * a bookmark still works tomorrow.
 */
export class PortPlan {
  readonly #home: StackHome;
  readonly #wanted: Record<PortName, number>;
  readonly #kept: Partial<Record<string, number>>;
  readonly #env: Environment;
  /** One choice after the other, or two would choose the same port. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(home: StackHome, env: Environment) {
    this.#home = home;
    this.#env = env;
    this.#wanted = loadConfig(wantedPorts, env);
    this.#kept = readJsonFile(home.portsFile, keptPorts) ?? {};
  }

  /** A port that is free now; call it right before the server starts. Parts that start together get different ones. */
  reserve(name: PortName): Promise<number> {
    const reserved = this.#last.then(() => this.#choose(name));
    this.#last = reserved.catch(() => {});
    return reserved;
  }

  async #choose(name: PortName): Promise<number> {
    const others = Object.entries(this.#kept).flatMap(([other, port]) =>
      other === name || port === undefined ? [] : [port],
    );
    const port = await choosePort(this.#preferred(name), new Set(others));
    if (this.#kept[name] !== port) {
      this.#kept[name] = port;
      writeJsonFile(this.#home.portsFile, this.#kept);
    }
    return port;
  }

  /** The port reserved before; null when there is none. */
  current(name: PortName): number | null {
    return this.#kept[name] ?? null;
  }

  /** What somebody asks for now counts more than what was; 0 means any. */
  #preferred(name: PortName): number {
    const isAsked = Boolean(this.#env[wantedPorts[name].name]);
    return (isAsked ? null : this.current(name)) ?? (this.#wanted[name] || FIRST_OF_ANY);
  }
}
