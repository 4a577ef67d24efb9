{{ config(materialized='table', order_by='(currency, valid_from)', contract={'enforced': true}) }}

-- What a unit of each currency is worth in the reporting currency, from a day on. Days before the first known rate of
-- either of the two have none.
with changes as (
  select distinct c.currency as currency, d.valid_from as valid_from
  from (select currency from {{ ref('exchange_rates') }} union distinct select {{ reporting_currency() }}) as c
  cross join (select distinct valid_from from {{ ref('exchange_rates') }}) as d
),

known as (
  select
    c.currency as currency,
    c.valid_from as valid_from,
    own.usd_per_unit as usd_per_unit,
    reporting.usd_per_unit as usd_per_reporting_unit
  from (select *, {{ reporting_currency() }} as reporting_currency from changes) as c
  asof left join {{ ref('exchange_rates') }} as own
    on own.currency = c.currency and own.valid_from <= c.valid_from
  asof left join {{ ref('exchange_rates') }} as reporting
    on reporting.currency = c.reporting_currency and reporting.valid_from <= c.valid_from
)

select
  currency,
  valid_from,
  -- Of the reporting currency to itself it is exactly 1, known or not.
  if(
    currency = {{ reporting_currency() }}, toDecimal128(1, 10),
    cast(
      divideDecimal(toDecimal128(usd_per_unit, 10), toDecimal128(usd_per_reporting_unit, 10), 10) as Decimal(38, 10)
    )) as rate
from known
where currency = {{ reporting_currency() }} or (usd_per_unit is not null and usd_per_reporting_unit is not null)
