select offer_id, offer_type, date_offered
from {{ ref('stg_bank_offers') }}
