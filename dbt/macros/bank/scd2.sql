{#
  Versions of the rows of a captured table, from its change log: what was known, from when to when. Being SQL over the
  log, a rebuild gives the same versions as ever; a snapshot taken at each build would depend on when builds ran.

  Versions follow each other by `_version`, the order of commits. A row that was only read again (a resnapshot, a new
  epoch of the capture) or touched without a change of these attributes is no new version. A deletion ends one, and so
  does a truncate, or a row missing after the capture began anew: both stand in `ops.barriers` alone. Commit times come
  from the clock of a machine that may be set back: a version never ends before it began.

  Columns: keys, attributes, version (of the change that made it), valid_from, valid_to (null while it holds).
  grain `instant`: moments; `day`: business days, of which the last version counts.
#}
{% macro scd2_versions(history, table_name, keys, attributes, grain='instant', where='true') %}
{%- set key = keys | join(', ') -%}
{%- set columns = (keys + attributes) | join(', ') -%}
{%- set whole_frame = 'rows between unbounded preceding and unbounded following' -%}
{%- set in_order = 'partition by ' ~ key ~ ' order by _version, is_gap desc' -%}
{%- set period = 'known_at' if grain == 'instant' else bank_day('known_at') -%}
select {{ columns }}, version, valid_from, valid_to
from (
  select
    *,
    leadInFrame(toNullable(period)) over (partition by {{ key }} order by period {{ whole_frame }}) as valid_to,
    period as valid_from,
    _version as version
  from (
    select
      *,
      toString(tuple({{ attributes | join(', ') }})) as content,
      lagInFrame(content, 1, '') over (partition by {{ key }} order by period {{ whole_frame }}) as content_before,
      lagInFrame(_deleted, 1, 1) over (partition by {{ key }} order by period {{ whole_frame }}) as deleted_before
    from (
      select *
      from (
        select
          *,
          {{ period }} as period,
          row_number() over (partition by {{ key }}, period order by _version desc, is_gap) as nth_from_last
        from (
          select
            *,
            max(_commit_time) over ({{ in_order }} rows between unbounded preceding and current row) as known_at
          from (
            select {{ columns }}, _version, toUInt8(_deleted) as _deleted, _commit_time, 0 as is_gap
            from {{ history }}
            where {{ where }}
            union all
            {{ scd2_gaps(history, table_name, keys, attributes, where) }}
          )
        )
      )
      where nth_from_last = 1
    )
  )
  where _deleted != deleted_before or (_deleted = 0 and content != content_before)
)
where _deleted = 0
{% endmacro %}

{#
  Where a barrier hides a row that no later change had replaced: it is gone, without a change that says so. A row that
  was read again behind the barrier was there all the time.
#}
{% macro scd2_gaps(history, table_name, keys, attributes, where) %}
{%- set key = keys | join(', ') -%}
{%- set columns = (keys + attributes) | join(', ') -%}
{%- set whole_frame = 'rows between unbounded preceding and unbounded following' -%}
select {{ columns }}, barrier.1 as _version, toUInt8(1) as _deleted, greatest(_commit_time, barrier.2) as _commit_time, 1 as is_gap
from (
  select
    *,
    leadInFrame(_version, 1, toUInt128(0)) over (partition by {{ key }} order by _version {{ whole_frame }}) as next_version,
    leadInFrame(toString(_op), 1, '') over (partition by {{ key }} order by _version {{ whole_frame }}) as next_op,
    arrayFirst(
      b -> b.1 > _version,
      (
        select arraySort(groupArray((version, toDateTime64(made_at, 6, 'UTC'))))
        from {{ source('ops', 'barriers') }} final
        where table_name = '{{ table_name }}'
      )
    ) as barrier
  from {{ history }}
  where {{ where }}
)
where barrier.1 > 0 and (next_version = 0 or (next_version >= barrier.1 and next_op != 'r'))
{% endmacro %}
