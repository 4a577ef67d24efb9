/** What a login may do in ClickHouse, and what would show that it may do more. */
export interface LoginRights {
  /** Nothing but reading, whatever is granted. */
  isReadonly: boolean;
  /** Each the text between GRANT and TO; null: everything. */
  grants: readonly string[] | null;
  /** Statements that must be refused, one for each kind of thing it has no business with. */
  forbidden: readonly string[];
}

/** Who may do everything: migrations, and people. */
export const CLICKHOUSE_ADMIN_LOGIN = 'ebb';

/** Tables of the server about itself that drivers and services look at; they show each login what it may see anyway. */
const SYSTEM = [
  'columns',
  'databases',
  'functions',
  'mutations',
  'one',
  'numbers',
  'parts',
  'processes',
  'settings',
  'tables',
];
const SYSTEM_GRANTS = SYSTEM.map((table) => `SELECT ON system.${table}`);
const READ_RAW = ['SELECT ON raw.*', 'SELECT ON ops.*'];
/** Every build has a database of its own, whose name begins so. */
const READ_BUILDS = ['SELECT ON staging*.*', 'SELECT ON intermediate*.*', 'SELECT ON marts*.*'];
const ALL_OF_A_BUILD =
  'SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP DATABASE, DROP TABLE, DROP VIEW, TRUNCATE, OPTIMIZE';

const NEW_USER = `CREATE USER intruder IDENTIFIED WITH no_password`;
const OTHER_SERVER = `SELECT * FROM url('http://127.0.0.1:9/', 'CSV', 'a String')`;
const OWN_FILE = `SELECT * FROM file('secrets', 'LineAsString', 'a String')`;
const ADD_PUBLICATION = `INSERT INTO marts.publication (id) SELECT '' WHERE 0`;
const ADD_RESULT = `INSERT INTO ml.publication SELECT * FROM ml.publication WHERE 0`;
const ADD_EVENT = `INSERT INTO raw.web_events SELECT * FROM raw.web_events WHERE 0`;
const DROP_RAW = 'DROP TABLE raw.web_events';
const EMPTY_RAW = 'TRUNCATE TABLE raw.web_events';
const DELETE_EVENT = 'ALTER TABLE raw.web_events DELETE WHERE 0';
const NEW_DATABASE = 'CREATE DATABASE intruder';
const GIVE_ON = 'GRANT SELECT ON raw.* TO ebb_reader';
const NOBODYS = [NEW_USER, OTHER_SERVER, OWN_FILE, GIVE_ON, NEW_DATABASE, DROP_RAW];
const NO_READERS = [...NOBODYS, ADD_PUBLICATION, ADD_RESULT, ADD_EVENT, EMPTY_RAW, DELETE_EVENT];

/** Least privilege, by the service that logs in. */
export const CLICKHOUSE_LOGINS = {
  [CLICKHOUSE_ADMIN_LOGIN]: { isReadonly: false, grants: null, forbidden: [] },
  ebb_sink: {
    isReadonly: false,
    grants: [
      ...SYSTEM_GRANTS,
      // Tables and columns follow those of Postgres.
      'SELECT, INSERT, ALTER TABLE, CREATE TABLE, CREATE VIEW, DROP VIEW ON raw.*',
      // CREATE OR REPLACE makes the new one under such a name first.
      'DROP TABLE ON raw._tmp_replace_*',
      'SELECT, INSERT ON ops.*',
    ],
    forbidden: [...NOBODYS, EMPTY_RAW, ADD_PUBLICATION, ADD_RESULT, 'SELECT count() FROM marts.publication'],
  },
  ebb_ledger: {
    isReadonly: false,
    // It repairs what it finds.
    grants: [...SYSTEM_GRANTS, ...READ_RAW, ...READ_BUILDS, 'INSERT, ALTER UPDATE, ALTER DELETE ON raw.*'],
    forbidden: [...NOBODYS, EMPTY_RAW, ADD_PUBLICATION, 'SELECT count() FROM ml.publication'],
  },
  ebb_loader: {
    isReadonly: false,
    grants: [...SYSTEM_GRANTS, 'SELECT, INSERT, ALTER UPDATE, ALTER DELETE ON raw.*'],
    forbidden: [...NOBODYS, EMPTY_RAW, ADD_PUBLICATION, ADD_RESULT, 'SELECT count() FROM ops.migrations'],
  },
  ebb_segmentation: {
    isReadonly: false,
    grants: [
      ...SYSTEM_GRANTS,
      ...READ_RAW,
      ...READ_BUILDS,
      'SELECT, INSERT, ALTER DELETE ON ml.*',
      // It exports tables into the object store, whose login it is not shown.
      'CREATE TEMPORARY TABLE, S3 ON *.*',
      'NAMED COLLECTION ON ebb_files',
    ],
    forbidden: [...NOBODYS, ADD_PUBLICATION, ADD_EVENT, EMPTY_RAW, DELETE_EVENT, 'DROP TABLE ml.publication'],
  },
  ebb_dbt: {
    isReadonly: false,
    grants: [
      ...SYSTEM_GRANTS,
      'SELECT ON raw.*',
      'SELECT ON ml.*',
      'SELECT, INSERT, ALTER UPDATE, ALTER DELETE ON ops.*',
      ...['staging', 'intermediate', 'marts'].map((prefix) => `${ALL_OF_A_BUILD} ON ${prefix}*.*`),
      'KILL QUERY ON *.*',
      // Airflow logs in with it too, and shows what it keeps in the lake by views; to replace one takes all of this.
      'SELECT, INSERT, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP VIEW ON lake.*',
      'DROP TABLE ON lake._tmp_replace_*',
      'CREATE TEMPORARY TABLE, S3 ON *.*',
      'NAMED COLLECTION ON ebb_files',
    ],
    forbidden: [...NOBODYS, ADD_EVENT, EMPTY_RAW, DELETE_EVENT, ADD_RESULT, 'DROP TABLE ops.migrations'],
  },
  ebb_dashboard: {
    isReadonly: true,
    grants: [...SYSTEM_GRANTS, ...READ_RAW, ...READ_BUILDS, 'SELECT ON ml.*'],
    forbidden: NO_READERS,
  },
  ebb_reader: {
    isReadonly: true,
    // Of people and BI tools, which look at everything about tables.
    grants: ['SELECT, SHOW, dictGet ON *.*'],
    forbidden: NO_READERS,
  },
} as const satisfies Record<string, LoginRights>;

export type ClickhouseLogin = keyof typeof CLICKHOUSE_LOGINS;
export const CLICKHOUSE_LOGIN_NAMES = Object.keys(CLICKHOUSE_LOGINS) as ClickhouseLogin[];
