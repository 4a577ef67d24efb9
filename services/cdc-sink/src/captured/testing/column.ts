import type { HistoryColumn, HistoryRow } from '../history-row.ts';

/** A column as the schema history describes it: `name type`, with what differs from a plain nullable one. */
export function column(attnum: number, declared: string, over: Partial<HistoryColumn> = {}): HistoryColumn {
  const [name = '', ...rest] = declared.split(' ');
  const type = rest.join(' ');
  const isArrayType = type.endsWith('[]');
  const elementType = isArrayType ? type.slice(0, -2) : null;
  return {
    attnum,
    name,
    type,
    baseType: type,
    typname: isArrayType ? `_${typnameOf(type.slice(0, -2))}` : typnameOf(type),
    notNull: over.keyPosition !== undefined && over.keyPosition !== null,
    keyPosition: null,
    default: 'none',
    missingValue: null,
    elementType,
    isEnum: false,
    isVirtual: false,
    ...over,
  };
}

const TYPNAMES: Readonly<Record<string, string>> = {
  smallint: 'int2',
  integer: 'int4',
  bigint: 'int8',
  real: 'float4',
  'double precision': 'float8',
  boolean: 'bool',
  'timestamp with time zone': 'timestamptz',
  'timestamp without time zone': 'timestamp',
};

function typnameOf(type: string): string {
  if (type.startsWith('numeric')) return 'numeric';
  if (type.startsWith('character varying')) return 'varchar';
  if (type.startsWith('bit varying')) return 'varbit';
  return TYPNAMES[type] ?? type;
}

export function historyRow(over: Partial<HistoryRow> & Pick<HistoryRow, 'id' | 'lsn' | 'columns'>): HistoryRow {
  return {
    origin: 'trigger',
    kind: over.columns.length === 0 ? 'drop' : 'alter',
    schema: 'crm',
    table: 'items',
    oid: 5000,
    command: null,
    rewrites: false,
    ...over,
  };
}
