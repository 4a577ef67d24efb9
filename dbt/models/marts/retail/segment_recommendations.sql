-- What to do about each of the twelve segments: one text each.
{% set texts = [
  ('High', 'Active & Engaged', 'Give them white-glove service: a personal account manager and previews of new ranges.'),
  ('High', 'At Risk', 'Win them back in person before they are gone: a call by the account manager and an offer made for them.'),
  ('High', 'Developing', 'Turn few large orders into a habit: premium recommendations and loyalty rewards on the next order.'),
  ('High', 'Inactive', 'Reactivate them with an exclusive offer on what they bought, and ask why they stopped.'),
  ('Growing', 'Active & Engaged', 'Upsell and cross-sell: bundles and loyalty steps that lead to the high value tier.'),
  ('Growing', 'At Risk', 'Send a win-back campaign with personal offers while they still remember the shop.'),
  ('Growing', 'Developing', 'Build frequency: reminders to reorder and a subscription for what they buy.'),
  ('Growing', 'Inactive', 'Send one reactivation offer with a date on which it ends, and little more.'),
  ('Base', 'Active & Engaged', 'Raise the basket: free delivery above a limit and sets of what they already buy.'),
  ('Base', 'At Risk', 'Remind them by mail with an incentive that is small and automatic.'),
  ('Base', 'Developing', 'Welcome them: onboarding, how-to content and a trial offer for the second order.'),
  ('Base', 'Inactive', 'Keep costs low: educational newsletters and a yearly trial offer, nothing by hand.'),
] -%}
select
  toLowCardinality(concat(text.1, ' Value - ', text.2)) as segment,
  toLowCardinality(text.1) as value_tier,
  toLowCardinality(text.2) as engagement,
  text.3 as recommendation,
  {{ built_at() }} as mart_loaded_at
from (
  select arrayJoin([
    {% for tier, engagement, text in texts -%}
    ('{{ tier }}', '{{ engagement }}', '{{ text }}'){{ ',' if not loop.last }}
    {% endfor -%}
  ]) as text
)
