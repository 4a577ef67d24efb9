-- Of the offers that were answered; those that were not say nothing yet.
with counts as (
  select
    offer_type,
    count() as offers,
    countIf(is_answered) as answered_offers,
    countIf(is_answered and accepted) as accepted_offers
  from (
    select
      offer_type,
      ifNull(accepted, false) as accepted,
      responded_at is not null and {{ bank_day('assumeNotNull(responded_at)') }} <= {{ as_of() }} as is_answered
    from {{ ref('stg_bank_offers') }}
    where date_offered <= {{ as_of() }}
  )
  group by offer_type
)

select
  offer_type,
  offers,
  answered_offers,
  accepted_offers,
  {{ rate_percentage('accepted_offers', 'answered_offers') }} as acceptance_rate,
  {{ wilson_low('accepted_offers', 'answered_offers') }} as acceptance_rate_low,
  {{ wilson_high('accepted_offers', 'answered_offers') }} as acceptance_rate_high,
  {{ verdict('answered_offers') }} as verdict
from counts
