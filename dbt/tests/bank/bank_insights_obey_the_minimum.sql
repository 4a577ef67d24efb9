-- A text that claims something rests on enough cases, and every text says on how many and up to when.
select analysis
from {{ ref('bank_insights') }}
where (verdict != 'ok' and insight not like 'Not enough data%')
  or (verdict = 'ok' and n < {{ minimum_n() }})
  or insight not like concat('%(n = ', toString(n), ', %', toString(as_of), ')')
