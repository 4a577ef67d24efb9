/** Names of the built-in event types and what each must carry beside the common fields. */
export const WEB_EVENT_RULES = {
  page_view: ['page_url'],
  product_view: ['page_url', 'product_id'],
  add_to_cart: ['product_id'],
  checkout_success: ['order_id'],
  login: [],
  logout: [],
  search: ['search_query'],
} as const satisfies Record<string, readonly string[]>;

export type BuiltInEventType = keyof typeof WEB_EVENT_RULES;
export const BUILT_IN_EVENT_TYPES = Object.keys(WEB_EVENT_RULES) as readonly BuiltInEventType[];
