-- Days on which a customer did something of his own: a booking, a ticket, an accepted offer.
select distinct customer_id, activity_on
from (
  select customer_id, {{ bank_day('occurred_at') }} as activity_on
  from {{ ref('stg_bank_transactions') }}
  where is_own_activity
  union all
  select customer_id, {{ bank_day('opened_at') }}
  from {{ ref('stg_bank_support_tickets') }}
  union all
  select customer_id, {{ bank_day('assumeNotNull(responded_at)') }}
  from {{ ref('stg_bank_offers') }}
  where accepted and responded_at is not null
)
