import type { DatabaseName, Dataset } from './asset-types.ts';
import { assetUuid } from './uuid.ts';

const TEMPORAL = /^(?:Nullable\()?(?:Date|DateTime|date|timestamp)/;
/** Superset reads -1 as: never. */
const NO_CACHE = -1;

/** Its address is put in when it is imported. */
export function databaseAsset(name: DatabaseName) {
  return {
    database_name: DATABASES[name].title,
    sqlalchemy_uri: `${DATABASES[name].driver}://`,
    cache_timeout: null,
    expose_in_sqllab: true,
    allow_run_async: false,
    allow_ctas: false,
    allow_cvas: false,
    allow_dml: false,
    allow_file_upload: false,
    extra: { allows_virtual_table_explore: true },
    uuid: databaseUuid(name),
    version: '1.0.0',
  };
}

const DATABASES = {
  postgres: { title: 'Ebb live (Postgres)', driver: 'postgresql+psycopg2' },
  clickhouse: { title: 'Ebb warehouse (ClickHouse)', driver: 'clickhousedb' },
} as const;

export function databaseUuid(name: DatabaseName): string {
  return assetUuid('database', name);
}

export function datasetAsset(dataset: Dataset) {
  return {
    table_name: dataset.name,
    main_dttm_col: null,
    description: dataset.description,
    default_endpoint: null,
    offset: 0,
    cache_timeout: dataset.isLive === true ? NO_CACHE : null,
    schema: dataset.schema,
    sql: dataset.sql ?? null,
    params: null,
    template_params: null,
    filter_select_enabled: true,
    fetch_values_predicate: null,
    extra: null,
    uuid: assetUuid('dataset', dataset.name),
    metrics: dataset.metrics.map((metric) => ({ ...metric, metric_type: null, extra: {}, warning_text: null })),
    columns: Object.entries(dataset.columns).map(([name, type]) => ({
      column_name: name,
      verbose_name: null,
      is_dttm: TEMPORAL.test(type),
      is_active: true,
      type,
      groupby: true,
      filterable: true,
      expression: null,
      description: null,
      python_date_format: null,
      extra: {},
    })),
    version: '1.0.0',
    database_uuid: databaseUuid(dataset.database),
  };
}
