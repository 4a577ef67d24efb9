select ticket_id, issue_type, severity
from {{ ref('stg_bank_support_tickets') }}
