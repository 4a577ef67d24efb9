import { isSameTotals } from '../compare/row-set.ts';
import { type Account, nameOf, totalsOf } from './accounts.ts';

/**
 * Accounts of web events that were found right. A row that is stored stays, so counting it again each minute would find
 * nothing: only when a row was changed or deleted do all accounts count as new.
 */
export class SettledAccounts {
  #changes = '';
  #settled = new Map<string, Account>();

  /** Those of `accounts` that are not settled. `changes` is any text that changes with each row changed or deleted. */
  open(accounts: readonly Account[], changes: string): Account[] {
    const isKept = changes === this.#changes;
    this.#changes = changes;
    const kept = isKept ? accounts.filter((account) => this.#isSettled(account)) : [];
    this.#settled = new Map(kept.map((account) => [nameOf(account), account]));
    return accounts.filter((account) => !this.#settled.has(nameOf(account)));
  }

  settle(account: Account): void {
    this.#settled.set(nameOf(account), account);
  }

  #isSettled(account: Account): boolean {
    const before = this.#settled.get(nameOf(account));
    return before !== undefined && isSameTotals(totalsOf(before), totalsOf(account));
  }
}
