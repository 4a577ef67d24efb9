{{ config(materialized='table', order_by='(source, customer_id)', contract={'enforced': true}) }}

-- Every customer of every source once. Built whole: a changed profile must come through, and so must a customer who
-- never did anything. The CRM knows better than a file of profiles about who is in both.
with profiles as (
  select
    user_id,
    argMax(registration_date, (load_id, line_no)) as registration_date,
    argMax(subscription_tier, (load_id, line_no)) as subscription_tier,
    argMax(acquisition_channel, (load_id, line_no)) as acquisition_channel,
    argMax(email, (load_id, line_no)) as email,
    argMax(country, (load_id, line_no)) as country,
    max(ingestion_timestamp) as ingestion_timestamp
  from (
    select
      user_id, load_id, line_no, ingestion_timestamp,
      -- argMax passes over nulls: an empty cell of the newest line must win all the same.
      tuple(registration_date) as registration_date,
      tuple(subscription_tier) as subscription_tier,
      tuple(acquisition_channel) as acquisition_channel,
      tuple(email) as email,
      tuple(country) as country
    from {{ source('raw', 'customer_profiles_current') }}
  )
  group by user_id
)

select
  source,
  customer_id,
  date_opened as registration_date,
  lower(subscription_tier) as tier,
  lower(acquisition_channel) as channel,
  email,
  geography as country,
  is_active,
  churned_at,
  'crm' as profile_from,
  _commit_time as loaded_at
from {{ source('raw', 'crm_customers_current') }}

union all

select
  'shop' as source,
  user_id as customer_id,
  registration_date.1 as registration_date,
  lower(subscription_tier.1) as tier,
  lower(acquisition_channel.1) as channel,
  email.1 as email,
  country.1 as country,
  true as is_active,
  cast(null as Nullable(DateTime64(6, 'UTC'))) as churned_at,
  'file' as profile_from,
  cast(ingestion_timestamp as DateTime64(6, 'UTC')) as loaded_at
from profiles
where ('shop', user_id) not in (select source, customer_id from {{ source('raw', 'crm_customers_current') }})
