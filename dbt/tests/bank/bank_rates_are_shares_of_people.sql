-- No share above all, none without its n and interval, none of too few cases.
{% set rates = [
  ('bank_monthly_churn', 'churned_customers', 'total_customers', 'churn_rate', 'churn_rate_percentage', 'churn_verdict'),
  ('bank_monthly_churn', 'lost_customers', 'customers_at_risk', 'monthly_churn_rate', 'monthly_churn_rate_percentage', 'monthly_churn_verdict'),
  ('bank_churn_by_segment', 'churned_customers', 'total_customers', 'churn_rate', 'churn_rate_percentage', 'verdict'),
  ('bank_support_impact', 'churned_customers', 'affected_customers', 'churn_rate', 'churn_rate', 'verdict'),
  ('bank_offer_acceptance', 'accepted_offers', 'answered_offers', 'acceptance_rate', 'acceptance_rate', 'verdict'),
  ('bank_kpis', 'churned_customers', 'observed_customers', 'churn_rate', 'churn_rate_percentage', 'churn_verdict')
] %}
{% for model, cases, n, name, rate, verdict in rates %}
select '{{ model }}.{{ rate }}' as what
from {{ ref(model) }}
where {{ cases }} > {{ n }}
  or ({{ rate }} is null) != ({{ n }} < {{ minimum_n() }})
  or ({{ verdict }} = 'ok') != ({{ n }} >= {{ minimum_n() }})
  or {{ rate }} not between 0 and 100
  or ({{ n }} > 0 and (
    {{ name }}_low is null or {{ name }}_high is null
    or {{ name }}_low > {{ cases }} / {{ n }} + 0.0001 or {{ name }}_high < {{ cases }} / {{ n }} - 0.0001
  ))
{{ 'union all' if not loop.last }}
{% endfor %}
