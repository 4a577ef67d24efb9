select
  offer_id,
  customer_id,
  offer_type,
  accepted,
  date_offered,
  responded_at
from {{ bank_rows('crm_offers', 'offer_id') }}
