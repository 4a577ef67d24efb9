-- The same customers churned wherever churn is counted, at every grain.
with kpis as (select * from {{ ref('bank_kpis') }})

select 'month' as what
from {{ ref('bank_monthly_churn') }} as months
cross join kpis
where months.as_of = kpis.as_of
  and (months.churned_customers != kpis.churned_customers or months.total_customers != kpis.observed_customers)
union all
select 'segments'
from (
  select sum(churned_customers) as churned, sum(total_customers) as total
  from {{ ref('bank_churn_by_segment') }}
  where as_of = (select as_of from kpis)
) as segments
cross join kpis
where ifNull(segments.churned, 0) != kpis.churned_customers or ifNull(segments.total, 0) != kpis.observed_customers
union all
-- What was known on the last day of the capture is what is known, if the build is as of a day since.
select concat('metrics of ', now.customer_id)
from {{ ref('int_bank_customers') }} as now
left join (select * from {{ ref('fact_customer_metrics') }} where is_current) as known
  on now.customer_id = known.customer_id
where {{ as_of() }} >= (select max(known_from) from {{ ref('int_bank_known_days') }})
  and {{ as_of() }} >= (select max({{ bank_day('valid_from') }}) from {{ ref('dim_customer') }})
  and (
    known.customer_id is null or known.is_churned != now.is_churned or known.clv_ltv != now.clv_ltv
    or ifNull(known.num_products, -1) != ifNull(now.num_products, -1)
  )
