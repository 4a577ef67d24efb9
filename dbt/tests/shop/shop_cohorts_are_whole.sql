-- Cohorts that somebody is missing from in their own first period, or that more came back to than there are.
select source, activity, period, cohort, periods_since, cohort_size, active
from {{ ref('retention_cohorts') }}
where active > cohort_size or (periods_since = 0 and active != cohort_size)
