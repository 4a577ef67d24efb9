import type { Model } from './manifest.ts';

/** A mistake that incremental models are made with, as a change of a model's text or of what it calls. */
export interface Mutant {
  /** Part of the name of the mutated model. */
  readonly name: string;
  readonly title: string;
  /** The mutated model's text, or why the mistake cannot be made in this model. */
  apply(model: Model): MutatedModel | NotApplicable;
}

export interface MutatedModel {
  readonly sql: string;
  readonly config: Readonly<Record<string, string>>;
}

export interface NotApplicable {
  readonly reason: string;
}

/** Customer models are built whole. To see why, they are made incremental here: what to keep of their sources then. */
interface CustomerModel {
  /** What it reads its customers' doings from. */
  readonly reads: string;
  /** Customers with new rows. */
  readonly touchedCustomers: string;
  /** Only the new rows of what it reads. */
  readonly newest: string;
}

export const CUSTOMER_MODELS: Readonly<Record<string, CustomerModel>> = {
  int_customer_purchases: {
    reads: `{{ ref('int_orders') }}`,
    touchedCustomers: `select user_id from raw.sales_orders_history where {{ since('sales_orders') }}`,
    newest: `(source, order_id) in (select source, order_id from raw.sales_orders_history where {{ since('sales_orders') }})`,
  },
  int_customer_web_activity: {
    reads: `{{ ref('int_session_parts') }}`,
    touchedCustomers: `select user_key from raw.web_events where {{ since('web_events') }}`,
    newest: `day in (select day from raw.web_events where {{ since('web_events') }})`,
  },
};

const BUILT_WHOLE: NotApplicable = { reason: 'built whole: takes in no rows by a bound' };

export const MUTANTS: readonly Mutant[] = [
  { name: 'newest_only', title: 'newest rows only', apply: newestOnly },
  { name: 'strict', title: 'strict >', apply: strictBound },
  { name: 'append', title: 'append', apply: append },
  { name: 'frozen', title: 'frozen days-since', apply: frozenDaysSince },
  { name: 'one_mark', title: 'one mark for two sources', apply: oneMark },
];

function newestOnly(model: Model): MutatedModel | NotApplicable {
  const customers = CUSTOMER_MODELS[model.name];
  if (customers !== undefined) {
    const newest = `(select * from ${customers.reads} {% if is_incremental() %}where ${customers.newest}{% endif %})`;
    return { sql: model.sql.replace(customers.reads, newest), config: madeIncremental('delete+insert') };
  }
  if (!model.sql.includes('{{ touched() }}')) {
    return { reason: 'rebuilds what differs from the files that are there, whenever they came' };
  }
  return { sql: model.sql, config: { meta: `{'mutant': 'newest_only'}` } };
}

function strictBound(model: Model): MutatedModel | NotApplicable {
  if (model.materialized !== 'incremental') return BUILT_WHOLE;
  if (followedSources(model).length === 0) return { reason: 'compares files, has no bound' };
  return { sql: model.sql, config: { meta: `{'mutant': 'strict'}` } };
}

function append(model: Model): MutatedModel | NotApplicable {
  if (model.strategy === 'append') return { reason: 'appends, after deleting what it replaces' };
  const config =
    model.materialized === 'incremental' ? { incremental_strategy: `'append'` } : madeIncremental('append');
  return { sql: model.sql, config };
}

function frozenDaysSince(model: Model): MutatedModel | NotApplicable {
  const customers = CUSTOMER_MODELS[model.name];
  if (customers === undefined) return { reason: 'has no days since' };
  const sql = `select * from (
${model.sql}
) as everybody
{% if is_incremental() %}where customer_id in (${customers.touchedCustomers}){% endif %}`;
  return { sql, config: madeIncremental('delete+insert') };
}

function oneMark(model: Model): MutatedModel | NotApplicable {
  if (model.materialized !== 'incremental') return BUILT_WHOLE;
  const sources = followedSources(model);
  if (sources.length < 2)
    return { reason: sources.length === 0 ? 'compares files, has no mark' : 'follows one source' };
  return { sql: model.sql, config: { meta: `{'mutant': 'one_mark'}` } };
}

/** Sources whose rows it takes in from a bound on. */
export function followedSources(model: Model): string[] {
  const calls = model.text.matchAll(/\b(?:since|new_rows)\(\s*'(\w+)'/g);
  return [...new Set([...calls].map(([, source]) => source ?? ''))].toSorted();
}

function madeIncremental(strategy: string): Record<string, string> {
  return {
    materialized: `'incremental'`,
    unique_key: `'customer_id'`,
    incremental_strategy: `'${strategy}'`,
  };
}

export interface MacroPatch {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** What the mutants above change in the copied project's macros, for models marked with their name alone. */
export const MACRO_PATCHES: readonly MacroPatch[] = [
  {
    file: 'vectors.sql',
    from: `compare_positions(source, '>=', taken_in(this_key(), source), [alias, partition, offset])`,
    to: `compare_positions(source, '>' if mutant() == 'strict' else '>=',
    one_mark() if mutant() == 'one_mark' else taken_in(this_key(), source), [alias, partition, offset])`,
  },
  {
    file: 'incremental.sql',
    from: `{% macro touched() -%}`,
    // Days from the newest one on; keys that are no days only where the model does not have them yet.
    to: `{% macro touched() -%}
  {%- if is_building() and mutant() == 'newest_only' -%}
    {%- set known = config.require('unique_key') ~ ') from ' ~ this ~ ')' -%}
    {{- return("select cast(key, " ~ quoted(key_type()) ~ ") as newest from ops.touched final where model = "
      ~ quoted(this_key()) ~ " and newest " ~ (">= (select max(" if "Date" in key_type() else "not in (select (") ~ known) -}}
  {%- endif -%}`,
  },
];

/** Macros that the copied project gets beside its own. */
export const MUTANT_MACROS = `{% macro mutant() -%}
  {{- return((model.config.get('meta') or {}).get('mutant', '')) -}}
{%- endmacro %}

{#- The greatest position of any source, for all of them. -#}
{% macro one_mark() -%}
  {%- set row = run_query('select max(next_offset) as mark from ops.model_vector final where model = '
    ~ quoted(this_key())).rows | first -%}
  {%- set vector = {} -%}
  {%- for partition in range(64) -%}{%- do vector.update({partition: row['mark']}) -%}{%- endfor -%}
  {{- return(vector) -}}
{%- endmacro %}
`;
