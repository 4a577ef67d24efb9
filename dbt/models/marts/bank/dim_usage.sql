select usage_log_id, product_type, month
from {{ ref('stg_bank_usage_logs') }}
