{{ config(severity='warn') }}
-- Rules of customers that somebody should know are broken, and that keep nothing from being published.
select rule, broken
from {{ ref('retail_rule_results') }}
where layer = 'customer' and on_failure = 'warning' and broken > 0
