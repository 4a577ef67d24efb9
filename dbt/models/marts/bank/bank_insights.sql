-- What the figures of the bank let one say, and what to do about it: one text per analysis, with the cases it rests on and
-- their period. A difference is named only between groups of enough cases, and only where the interval of one lies
-- beyond the figure of all; else the text says that there is not enough data.
with kpis as (
  select * from {{ ref('bank_kpis') }}
),

month as (
  select * from {{ ref('bank_monthly_churn') }} order by month desc limit 1
),

segments as (
  select
    count() as groups,
    max(total_customers) as greatest_n,
    countIf(verdict = 'ok') as usable,
    argMaxIf(tuple(geography, age_group, churned_customers, total_customers, churn_rate_low, churn_rate_high), churn_rate_low, verdict = 'ok') as worst
  from {{ ref('bank_churn_by_segment') }}
  where as_of = (select as_of from kpis)
),

support as (
  select
    count() as groups,
    max(affected_customers) as greatest_n,
    countIf(verdict = 'ok') as usable,
    argMaxIf(tuple(issue_type, severity, churned_customers, affected_customers, churn_rate_low, churn_rate_high), churn_rate_low, verdict = 'ok') as worst
  from {{ ref('bank_support_impact') }}
),

balances as (
  select
    count() as groups,
    max(active_customers) as greatest_n,
    countIf(verdict = 'ok') as usable,
    argMaxIf(tuple(geography, age_group, active_customers, avg_monthly_balance), avg_monthly_balance, verdict = 'ok') as best
  from {{ ref('bank_balance_by_segment') }}
),

engaged as (
  select
    count() as customers,
    argMin(tuple(full_name, avg_products_held, statement_months), position) as best
  from {{ ref('bank_engaged_customers') }}
),

offers as (
  select
    count() as groups,
    max(answered_offers) as greatest_n,
    countIf(verdict = 'ok') as usable,
    argMaxIf(tuple(offer_type, accepted_offers, answered_offers, acceptance_rate_low, acceptance_rate_high), acceptance_rate_low, verdict = 'ok') as best,
    sum(accepted_offers) as accepted,
    sum(answered_offers) as answered
  from {{ ref('bank_offer_acceptance') }}
),

regions as (
  select
    count() as groups,
    max(customers) as greatest_n,
    countIf(verdict = 'ok') as usable,
    argMaxIf(tuple(geography, customers, avg_balance), avg_balance, verdict = 'ok') as best
  from {{ ref('bank_balance_by_geography') }}
),

issues as (
  select
    count() as groups,
    max(resolved_tickets) as greatest_n,
    countIf(verdict = 'ok') as usable,
    argMaxIf(tuple(issue_type, resolved_tickets, avg_resolution_time), avg_resolution_time, verdict = 'ok') as worst
  from {{ ref('bank_issue_resolution') }}
),

texts as (
  select
    1 as analysis, 'churn' as topic, kpis.observed_customers as n, kpis.churn_verdict as verdict,
    if(verdict = 'ok',
      concat(toString(kpis.churned_customers), ' of ', toString(n), ' customers have churned: ',
        {{ bank_percent('kpis.churned_customers', 'n', 'kpis.churn_rate_low', 'kpis.churn_rate_high') }},
        '. That is the share of all customers, not of a month; in the month of ', toString(month.as_of), ' so far ', toString(month.lost_customers), ' of ',
        toString(month.customers_at_risk), ' were lost.'),
      {{ bank_too_few('n', 'customers') }}) as insight,
    if(verdict = 'ok' and kpis.churn_rate_low > 0.1, 'Start a retention offer for customers silent for two months.', 'Keep watching.') as recommendation
  from kpis cross join month
  union all
  select
    2, 'churn by country and age', greatest_n, if(usable > 0, 'ok', 'not enough data'),
    multiIf(usable = 0, {{ bank_too_few('greatest_n', 'customers in the largest of the groups') }},
      worst.5 > ifNull((select churn_rate_percentage / 100 from kpis), 1),
      concat('Churn stands out in ', worst.1, ', ', worst.2, ': ', toString(worst.3), ' of ', toString(worst.4), ', ',
        {{ bank_percent('worst.3', 'worst.4', 'worst.5', 'worst.6') }}, '.'),
      'No group differs from the whole by more than chance.'),
    if(usable > 0 and worst.5 > ifNull((select churn_rate_percentage / 100 from kpis), 1),
      concat('Retention offers for ', worst.1, ', ', worst.2, ' first.'), 'No campaign by country or age on these figures.')
  from segments
  union all
  select
    3, 'support and churn', greatest_n, if(usable > 0, 'ok', 'not enough data'),
    multiIf(usable = 0, {{ bank_too_few('greatest_n', 'customers behind any kind of ticket') }},
      worst.5 > ifNull((select churn_rate_percentage / 100 from kpis), 1),
      concat('Of the customers with ', worst.1, ' (', worst.2, ') ', toString(worst.3), ' of ', toString(worst.4), ' churned, ',
        {{ bank_percent('worst.3', 'worst.4', 'worst.5', 'worst.6') }}, '. They need not have churned because of it.'),
      'Customers with any kind of ticket churn no more than others.'),
    if(usable > 0 and worst.5 > ifNull((select churn_rate_percentage / 100 from kpis), 1),
      concat('Resolve ', worst.1, ' faster.'), 'Faster resolution of account and card issues is worth a trial, not a conclusion.')
  from support
  union all
  select
    4, 'balances by segment', greatest_n, if(usable > 0, 'ok', 'not enough data'),
    if(usable = 0, {{ bank_too_few('greatest_n', 'active customers in the largest of the groups') }},
      concat('The highest balances: ', best.1, ', ', best.2, ', ', toString(best.4), ' on average of ', toString(best.3), ' customers.')),
    if(usable > 0, concat('Personal service for ', best.1, ', ', best.2, '.'), 'Special service by value of the customer, not by segment.')
  from balances
  union all
  select
    5, 'engagement', customers, {{ verdict('customers') }},
    if(customers < {{ minimum_n() }}, {{ bank_too_few('customers', 'customers with a statement') }},
      concat(best.1, ' holds most products, ', toString(best.2), ' on average of ', toString(best.3), ' statements.')),
    if(customers < {{ minimum_n() }}, 'Keep watching.', 'Loyalty rewards for the customers at the top of the list, whom it names one by one.')
  from engaged
  union all
  select
    6, 'offers', greatest_n, if(usable > 0, 'ok', 'not enough data'),
    multiIf(usable = 0, {{ bank_too_few('greatest_n', 'answers to any kind of offer') }},
      best.4 > accepted / answered,
      concat(best.1, ' is accepted more than others: ', toString(best.2), ' of ', toString(best.3), ', ',
        {{ bank_percent('best.2', 'best.3', 'best.4', 'best.5') }}, '.'),
      'No offer is accepted more than others by more than chance.'),
    if(usable > 0 and best.4 > accepted / answered, concat('Promote ', best.1, '.'), 'Offer each kind to more customers before promoting one.')
  from offers
  union all
  select
    7, 'balances by country', greatest_n, if(usable > 0, 'ok', 'not enough data'),
    if(usable = 0, {{ bank_too_few('greatest_n', 'customers in the largest of the countries') }},
      concat('The highest balances are in ', best.1, ': ', toString(best.3), ' on average of ', toString(best.2), ' customers.')),
    if(usable > 0, concat('Premium products in ', best.1, '.'), 'No offer by country on these figures.')
  from regions
  union all
  select
    8, 'resolution', greatest_n, if(usable > 0, 'ok', 'not enough data'),
    if(usable = 0, {{ bank_too_few('greatest_n', 'resolved tickets of any kind') }},
      concat(worst.1, ' takes longest: ', toString(worst.3), ' h on average of ', toString(worst.2), ' tickets.')),
    if(usable > 0, concat('Look at the steps of ', worst.1, ' first.'), 'Look at single tickets: there are too few for an average.')
  from issues
)

select
  toUInt8(analysis) as analysis,
  topic,
  toUInt64(n) as n,
  verdict,
  {{ as_of() }} as as_of,
  concat(ifNull(insight, 'Not enough data.'), ' (n = ', toString(n), ', ',
    if(analysis in (1, 2), 'status of ', 'all up to '), toString(as_of), ')') as insight,
  recommendation
from texts
