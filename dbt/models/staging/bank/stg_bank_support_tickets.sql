select
  ticket_id,
  customer_id,
  issue_type,
  severity,
  opened_at,
  resolved_at,
  resolution_time_hrs
from {{ bank_rows('crm_support_tickets', 'ticket_id') }}
