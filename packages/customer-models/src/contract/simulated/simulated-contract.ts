/** A customer with a contract, before anybody makes a table of it. */
export interface SimulatedContract {
  readonly age: number;
  readonly tenureMonths: number;
  /** 0 for about a third. */
  readonly balance: number;
  readonly products: number;
  readonly supportCalls: number;
  readonly logins: number;
  readonly charge: number;
  readonly country: string;
  readonly plan: string;
  readonly isActive: boolean;
}
