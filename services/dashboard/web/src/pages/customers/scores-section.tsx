import type { JSX } from 'preact';
import type { Customer, Reason } from '../../api-types.ts';
import { formatDate, formatMoney, formatPercent } from '../../format.ts';
import { churnWords, reasonWords, valueWords } from './score-words.ts';

/** What models say about the customer, with reasons, intervals and the day they looked at. */
export function ScoresSection({ customer, currency }: { customer: Customer; currency: string | null }): JSX.Element {
  return (
    <section class="section" aria-labelledby="scores-title">
      <div class="section-head">
        <h2 id="scores-title">Churn and value</h2>
        <p>Reasons say what the model goes by, not what makes people leave</p>
      </div>
      <div class="halves">
        <Churn customer={customer} />
        <Value customer={customer} currency={currency} />
      </div>
    </section>
  );
}

function Churn({ customer: { churn, source } }: { customer: Customer }): JSX.Element {
  if (churn === null) {
    return (
      <div class="card" data-churn="none">
        <h3>Churn</h3>
        <p class="lead">No score: no run of churn_scores for {source} is published, or the customer is not in it.</p>
      </div>
    );
  }
  return (
    <div class="card" data-churn={churn.riskDecile}>
      <h3>Churn, as of {formatDate(churn.asOf)}</h3>
      <p class="tile-value num" data-value="churn">
        {formatPercent(churn.probability)}
      </p>
      <p class="lead">
        {churnWords(churn)} Tenth of risk: {churn.riskDecile} of 10, 1 being the highest.
        {churn.probabilityAlive === null ? '' : ` Not gone for good: ${formatPercent(churn.probabilityAlive)}.`}
      </p>
      <Reasons title="What raises it" reasons={churn.raising} />
      <Reasons title="What lowers it" reasons={churn.lowering} />
    </div>
  );
}

function Reasons({ title, reasons }: { title: string; reasons: readonly Reason[] }): JSX.Element {
  return (
    <>
      <h4>{title}</h4>
      <ul class="plain-list num" data-reasons={title}>
        {reasons.length === 0 ? <li>nothing</li> : null}
        {reasons.map((reason) => (
          <li key={reason.feature}>{reasonWords(reason)}</li>
        ))}
      </ul>
    </>
  );
}

function Value({
  customer: { value, source },
  currency,
}: {
  customer: Customer;
  currency: string | null;
}): JSX.Element {
  if (value === null) {
    return (
      <div class="card" data-clv="none">
        <h3>Expected value</h3>
        <p class="lead">No value: no run of clv for {source} is published, or the customer is not in it.</p>
      </div>
    );
  }
  return (
    <div class="card" data-clv="known">
      <h3>
        Expected value of {value.horizonDays} days, as of {formatDate(value.asOf)}
      </h3>
      <p class="tile-value num" data-value="clv">
        {formatMoney(value.value, currency)}
      </p>
      <p class="lead">{valueWords(value, currency)}</p>
      <p class="lead">
        Not gone for good: {formatPercent(value.probabilityAlive)}. {value.reason}
      </p>
    </div>
  );
}
