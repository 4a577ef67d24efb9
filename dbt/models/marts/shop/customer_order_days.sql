{{ config(materialized='table', order_by='(source, customer_id, order_day)', contract={'enforced': true}) }}

-- What each known customer bought on which day, until the day their source is looked at from: the input of models of value
-- and churn, kept with the build that they name. A day whose amount is not known in the reporting currency has none.
with bought as (
  select *
  from {{ ref('int_orders') }}
  where is_valid and customer_id is not null
)

select
  source,
  assumeNotNull(customer_id) as customer_id,
  order_day,
  count() as orders,
  if(countIf(reporting_amount is null) > 0, null, sum(reporting_amount)) as amount,
  {{ reporting_currency() }} as currency,
  max(as_of) as as_of,
  {{ built_at() }} as mart_loaded_at
from bought
group by source, customer_id, order_day
