-- Every version of every customer that was ever captured. Joined to facts only by customer_sk, or where is_current: a join
-- by customer_id alone would count a fact once per version.
select
  concat(versions.customer_id, '@', toString(versions.version)) as customer_sk,
  versions.customer_id as customer_id,
  versions.first_name as first_name,
  versions.last_name as last_name,
  trimBoth(concat(versions.first_name, ' ', versions.last_name)) as full_name,
  versions.age as age,
  versions.gender as gender,
  versions.geography as geography,
  versions.is_active as is_active,
  versions.tenure_months as tenure_months,
  versions.date_opened as date_opened,
  versions.churned_at as churned_at,
  -- As of the build for the version that holds; null for former ones, whose churn stands in fact_customer_metrics.
  if(versions.valid_to is null, status.is_churned, null) as is_churned,
  versions.valid_from as valid_from,
  versions.valid_to as valid_to,
  cast(versions.valid_to is null as Bool) as is_current
from {{ ref('int_bank_customer_versions') }} as versions
left join (select * from {{ ref('int_bank_customer_status') }} where months_ago = 0) as status
  on versions.customer_id = status.customer_id
