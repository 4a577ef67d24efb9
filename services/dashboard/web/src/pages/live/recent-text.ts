import type { RecentEvent } from '../../api-types.ts';
import { formatMoney } from '../../format.ts';

/** What an event is about, without who it was. */
export function aboutText(event: RecentEvent): string {
  const { page, product, device, order, status, amount, currency } = event;
  const money = amount === null ? null : formatMoney(amount, currency);
  const told = [
    page,
    product === null ? null : `product ${product}`,
    order === null ? null : `order ${order}`,
    status,
    money,
    device,
  ];
  return told.filter((text) => text !== null).join(' · ');
}
