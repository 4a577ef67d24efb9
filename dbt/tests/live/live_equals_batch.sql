-- Warns only: the fault may be the live path's, and a publication that says so is worth more than none.
{{ config(severity='warn') }}
select kpi, day, source, currency, metric, live, batch
from {{ ref('live_vs_batch') }}
where state = 'differs'
