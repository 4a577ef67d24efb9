import {
  clickhouseOptions,
  commonOptions,
  type ConfigOf,
  envFlag,
  type Environment,
  envNumber,
  envText,
  kafkaOptions,
  loadConfig,
  option,
  portOption,
  postgresOptions,
  saslRule,
} from '@ebb/config';

export const ledgerOptions = {
  ...commonOptions,
  ...kafkaOptions,
  ...postgresOptions,
  ...clickhouseOptions,
  port: portOption('EBB_LEDGER_PORT', 8095, 'health and metrics of the ledger'),
  cycleSeconds: option('EBB_LEDGER_CYCLE_SECONDS', envNumber({ min: 1 }), {
    description: 'time from the start of a check to that of the next, s',
    default: '60',
  }),
  budget: option('EBB_LEDGER_BUDGET', envNumber({ min: 0.001, max: 1 }), {
    description: 'share of one core that Postgres and ClickHouse may work for it together; the rest waits its turn',
    default: '0.04',
  }),
  repair: option('EBB_LEDGER_REPAIR', envFlag(), {
    description: 'repair what is found at once; off: only report it, and wait for `ebb ledger repair`',
    default: 'off',
  }),
  barrierSeconds: option('EBB_LEDGER_BARRIER_SECONDS', envNumber({ min: 1 }), {
    description: 'how long changes may take through the capture before a check gives up for this time, s',
    default: '45',
  }),
  capturedPrefix: option('EBB_LEDGER_TOPIC_PREFIX', envText(), {
    description: "prefix of the connector's topics",
    default: 'cdc',
  }),
};

export type LedgerConfig = ConfigOf<typeof ledgerOptions>;

export function loadLedgerConfig(env: Environment): LedgerConfig {
  return loadConfig(ledgerOptions, env, [saslRule]);
}
