-- Issues by the time they take, longest first; tickets still open have none yet.
select
  issue_type,
  count() as tickets,
  count(resolution_time_hrs) as resolved_tickets,
  if(resolved_tickets > 0, round(toDecimal128(sum(ifNull(resolution_time_hrs, 0)), 2) / greatest(resolved_tickets, 1), 2), null) as avg_resolution_time,
  max(resolution_time_hrs) as longest_resolution_time,
  {{ verdict('resolved_tickets') }} as verdict
from {{ ref('stg_bank_support_tickets') }}
where {{ bank_day('opened_at') }} <= {{ as_of() }}
group by issue_type
