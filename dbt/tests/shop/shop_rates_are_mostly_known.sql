-- Sources of which more than one document in a hundred has no rate: figures in the reporting currency would be worthless.
select source, count() as documents, countIf(reporting_amount is null) as without_rate
from {{ ref('int_orders') }}
group by source
having without_rate * 100 > documents
