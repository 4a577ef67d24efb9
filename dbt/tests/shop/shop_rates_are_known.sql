{{ config(severity='warn') }}

-- Documents in a currency that has no rate to the reporting currency on their day: their customers' spend is null. Add the
-- rate to seeds/shop/exchange_rates.csv. A warning, since one order in an odd currency must not keep everybody's figures
-- from being published; shop_rates_are_mostly_known stops that where it is more.
select source, currency, min(order_day) as first_day, max(order_day) as last_day, count() as documents
from {{ ref('int_orders') }}
where reporting_amount is null
group by source, currency
