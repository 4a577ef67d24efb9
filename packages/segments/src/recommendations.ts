import type { SchemeAName } from './scheme-a.ts';
import type { SchemeCName } from './scheme-c.ts';

/** What to do about a cluster of scheme A: one text each. */
export const SCHEME_A_RECOMMENDATIONS: Readonly<Record<SchemeAName, string>> = {
  'Super VIP Champions':
    'Give each of them a person to talk to, show them new ranges first, and ask them what is missing.',
  'VIP At Risk': 'Call them this week: they bought much and often, and every month of silence makes it harder.',
  'Ultra High Value Active': 'Offer them an account manager and standing orders, so that large orders come more often.',
  'Ultra High Value At Risk':
    'Have their account manager make a personal offer around the products they used to order.',
  'Ultra Big Spenders': 'Follow the large order up within days: service first, then what goes with it.',
  'Dormant Ultra High Value':
    'Find out by phone what the large order was for, and be there before the next such occasion.',
  'High Value Active': 'Recommend premium products and reward the next orders; they are on the way to the top.',
  'High Value At Risk': 'Win them back with an offer on their usual products that is worth coming back for.',
  'Big Spenders': 'Turn the one large basket into a second: sets that complete it and free delivery for the next.',
  'Dormant High Value': 'Send a reactivation offer on the category of their large order, once, with a date.',
  'Premium Dormant Customers':
    'Write to them personally about their outstanding order; a campaign for everybody is below them.',
  'Super Frequent Active':
    'Offer a subscription or bundles: they come all the time and could take more home each time.',
  'Super Frequent At Risk': 'Ask what broke the habit, and make the usual order one click away.',
  Champions: 'Thank them with early access and a reward for bringing a friend; keep discounts for others.',
  'Loyal Customers At Risk': 'Remind them with the points they have and an offer that ends soon.',
  'Potential Loyalists': 'Invite them to the loyalty programme, with a start that already pays at the next order.',
  'At Risk Customers': 'Send two or three messages with what is new in what they bought, then leave them alone.',
  'Frequent Low Value': 'Raise the basket: free delivery above a limit, and multi-packs of what they buy anyway.',
  'At Risk Frequent': 'Send an automatic reminder at their usual interval, with a small incentive.',
  'Frequent Buyers': 'Cross-sell a neighbouring category at each visit; the habit is there, the basket is small.',
  'Cannot Lose Them': 'Win them back now, while they still know the shop: a coupon for their usual basket.',
  'New Customers': 'Welcome them: how to get the best out of the first order, and a reason for a second within weeks.',
  Hibernating: 'Keep them in the seasonal newsletter only, and spend the budget elsewhere.',
  'Undefined Segment': 'Do nothing by segment here: the medians are not above zero, so check the figures first.',
};

/** What to do about a customer's segment of scheme C, as the model `segment_recommendations` has it. */
export const SCHEME_C_RECOMMENDATIONS: Readonly<Record<SchemeCName, string>> = {
  'High Value - Active & Engaged':
    'Give them white-glove service: a personal account manager and previews of new ranges.',
  'High Value - At Risk':
    'Win them back in person before they are gone: a call by the account manager and an offer made for them.',
  'High Value - Developing':
    'Turn few large orders into a habit: premium recommendations and loyalty rewards on the next order.',
  'High Value - Inactive': 'Reactivate them with an exclusive offer on what they bought, and ask why they stopped.',
  'Growing Value - Active & Engaged':
    'Upsell and cross-sell: bundles and loyalty steps that lead to the high value tier.',
  'Growing Value - At Risk': 'Send a win-back campaign with personal offers while they still remember the shop.',
  'Growing Value - Developing': 'Build frequency: reminders to reorder and a subscription for what they buy.',
  'Growing Value - Inactive': 'Send one reactivation offer with a date on which it ends, and little more.',
  'Base Value - Active & Engaged': 'Raise the basket: free delivery above a limit and sets of what they already buy.',
  'Base Value - At Risk': 'Remind them by mail with an incentive that is small and automatic.',
  'Base Value - Developing': 'Welcome them: onboarding, how-to content and a trial offer for the second order.',
  'Base Value - Inactive': 'Keep costs low: educational newsletters and a yearly trial offer, nothing by hand.',
};
