import type { PolicyBook } from '@ebb/contracts';
import type { Client } from '@ebb/postgres';
import { loadPolicies } from './policy-store.ts';

/** The policy book of this process, read again when a message names a version it does not hold. */
export class PolicyKeeper {
  #book: PolicyBook | undefined;

  async current(client: Client): Promise<PolicyBook> {
    return this.#book ?? this.reload(client);
  }

  async reload(client: Client): Promise<PolicyBook> {
    this.#book = await loadPolicies(client);
    return this.#book;
  }
}
