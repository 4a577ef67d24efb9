import { expect, test } from 'vitest';
import { MUTANTS } from './mutants.ts';
import { type Cell, formatProof, isProved, type Proof, type ProvedStep, uncaught } from './proof.ts';

const step: ProvedStep = { number: 2, name: 'a day', asOf: '2026-03-04', rows: 7, killed: null };
const caught: Cell = { kind: 'caught', step: 2, rows: 5 };

function proofWith(cells: Proof['cells'], wrong: Proof['wrong'] = []): Proof {
  return { seed: '1', steps: [step], kinds: [['moved_orders', 3]], models: [{ name: 'days', rows: 4 }], cells, wrong };
}

test('a mutant that no model shows is no proof', () => {
  const all = MUTANTS.map(({ name }) => ({ model: 'days', mutant: name, cell: caught }));
  expect(isProved(proofWith(all))).toBe(true);
  const missing = proofWith(all.map((one) => (one.mutant === 'strict' ? { ...one, cell: { kind: 'survived' } } : one)));
  expect(uncaught(missing)).toEqual(['strict >']);
  expect(isProved(missing)).toBe(false);
  expect(formatProof(missing)).toContain('WRONG  nobody sees the mutant "strict >"');
});

test('what differs is told with its step, its build that was killed, and rows', () => {
  const all = MUTANTS.map(({ name }) => ({ model: 'days', mutant: name, cell: caught }));
  const killed = { ...step, killed: 'staging.days between delete and insert' };
  const proof = proofWith(all, [
    { model: 'days', step: killed, what: 'differs', rows: 2, examples: ['+ {"day":"1"}'] },
  ]);
  expect(isProved(proof)).toBe(false);
  expect(formatProof(proof)).toContain(
    'WRONG  days differs in step 2 (a day, killed: staging.days between delete and insert): 2 rows\n       + {"day":"1"}',
  );
});

test('reasons stand below the table, once for all models that share one', () => {
  const cell: Cell = { kind: 'not applicable', reason: 'has no days since' };
  const text = formatProof(
    proofWith([
      { model: 'days', mutant: 'frozen', cell },
      { model: 'weeks', mutant: 'frozen', cell },
    ]),
  );
  expect(text).toContain('n/a  frozen days-since: has no days since (days, weeks)');
});
