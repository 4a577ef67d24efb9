-- Customers who are missing from the funnel or the profiles, and orders that are counted under no status or two.
select 'purchases without a row in the funnel' as finding, source, customer_id
from {{ ref('int_customer_purchases') }}
where (source, customer_id) not in (select source, customer_id from {{ ref('marketing_funnel') }})
union all
select 'web activity without a row in the funnel', source, customer_id
from {{ ref('int_customer_web_activity') }}
where (source, customer_id) not in (select source, customer_id from {{ ref('marketing_funnel') }})
union all
select 'customer without a profile row', source, customer_id
from {{ ref('stg_customers') }}
where
  source != 'bank' and (registration_date is null or registration_date <= {{ as_of() }})
  and (source, customer_id) not in (select source, customer_id from {{ ref('int_customer_profiles_ml') }})
union all
select 'statuses do not add up', source, customer_id
from {{ ref('marketing_funnel') }}
where
  placed_orders != processing_orders + shipped_orders + completed_orders + cancelled_orders + returned_orders
  or total_orders != placed_orders - cancelled_orders - returned_orders
union all
select 'never bought, yet days since', source, customer_id
from {{ ref('marketing_funnel') }}
where (total_orders = 0) != (days_since_last_purchase is null) or days_since_last_purchase < 0
