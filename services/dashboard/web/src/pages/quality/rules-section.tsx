import type { JSX } from 'preact';
import type { RuleResult } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatCount } from '../../format.ts';

const COLUMNS: readonly Column<RuleResult>[] = [
  { key: 'rule', head: 'Rule', look: 'short', cell: ({ rule }) => rule },
  { key: 'layer', head: 'Layer', look: 'short', cell: ({ layer }) => layer },
  { key: 'meaning', head: 'What must hold', cell: ({ meaning }) => meaning },
  { key: 'failure', head: 'What becomes of the rest', cell: ({ onFailure }) => onFailure },
  { key: 'checked', head: 'Checked', look: 'number', cell: ({ checked }) => formatCount(checked) },
  { key: 'broken', head: 'Broken', look: 'number', cell: ({ broken }) => formatCount(broken) },
];

/** Every rule that is applied: the table is made from what applies them. */
export function RulesSection({ rules }: { rules: readonly RuleResult[] }): JSX.Element {
  return (
    <section class="section" aria-labelledby="rules-title">
      <div class="section-head">
        <h2 id="rules-title">Defects by rule</h2>
      </div>
      <div class="card">
        <DataTable
          id="rules"
          caption="Rules and what broke them"
          columns={COLUMNS}
          rows={rules}
          rowKey={({ rule }) => rule}
        />
      </div>
    </section>
  );
}
