-- A build in which a customer breaks one of these is not published.
select rule, broken
from {{ ref('retail_rule_results') }}
where layer = 'customer' and on_failure = 'publication refused' and broken > 0
