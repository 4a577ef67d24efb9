import { must } from '@ebb/core';
import { z } from 'zod';
import type { Choices } from './visits.ts';

const optionsSchema = z.object({ sources: z.array(z.object({ source: z.string(), days: z.array(z.string()) })) });
const customersSchema = z.object({
  sources: z.array(z.string()),
  customers: z.array(z.object({ customerId: z.string() })),
});

const NEWEST_DAYS = 7;
const CUSTOMERS = 100;

/** Sources, days and customers that a dashboard has something to say about. */
export async function readChoices(url: string): Promise<Choices> {
  const ask = async (target: string): Promise<unknown> => (await fetch(url + target)).json();
  const { sources: live } = optionsSchema.parse(await ask('/api/options'));
  const { sources: known } = customersSchema.parse(await ask('/api/customers'));
  const customers = await Promise.all(
    known.map(async (source) => {
      const page = customersSchema.parse(await ask(`/api/customers?source=${source}&limit=${CUSTOMERS}`));
      return page.customers.map(({ customerId }) => ({ source, customer: customerId }));
    }),
  );
  must(customers.flat()[0], 'a customer: is something published?');
  return {
    sources: [...new Set([...live.map(({ source }) => source), ...known])],
    days: [...new Set(live.flatMap(({ days }) => days.slice(-NEWEST_DAYS)))],
    customers: customers.flat(),
  };
}
