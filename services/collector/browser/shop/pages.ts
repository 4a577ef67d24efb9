import type { Cart } from './cart.ts';
import { findProduct, priceOf, type Product, PRODUCTS, searchProducts } from './catalogue.ts';
import { button, element, productArt } from './elements.ts';
import type { Delivery } from './orders.ts';

export interface ShopActions {
  addToCart: (product: Product) => void;
  setQuantity: (productId: string, quantity: number) => void;
  checkOut: (delivery: Delivery) => void;
}

/** Every page is a heading and what follows it. */
export interface Page {
  title: string;
  content: Node[];
}

export function homePage(query: string, actions: ShopActions): Page {
  if (query === '') return { title: 'For days by the water', content: [productGrid(PRODUCTS, actions)] };
  const found = searchProducts(query);
  const none = element('p', {}, 'Nothing found. Try “lamp”, “wool” or “camera”.');
  return { title: `Results for “${query}”`, content: [found.length > 0 ? productGrid(found, actions) : none] };
}

function productGrid(products: readonly Product[], actions: ShopActions): HTMLElement {
  return element('ul', { class: 'grid' }, ...products.map((product) => productCard(product, actions)));
}

function productCard(product: Product, actions: ShopActions): HTMLElement {
  const link = element('a', { href: `/demo-shop/product/${product.id}`, 'data-link': '' }, product.name);
  const add = button('Add to cart', { class: 'secondary', 'aria-label': `Add ${product.name} to cart` }, () =>
    actions.addToCart(product),
  );
  const row = element('div', { class: 'row' }, element('span', { class: 'price' }, priceOf(product.cents)), add);
  return element('li', { class: 'card' }, productArt(product), element('h2', {}, link), row);
}

export function productPage(id: string, actions: ShopActions): Page {
  const product = findProduct(id);
  if (product === undefined) return { title: 'No such product', content: [backLink()] };
  const add = button('Add to cart', { class: 'primary' }, () => actions.addToCart(product));
  const facts = element(
    'div',
    { class: 'facts' },
    element('p', { class: 'blurb' }, product.blurb),
    element('p', { class: 'price big' }, priceOf(product.cents)),
    add,
    backLink(),
  );
  return { title: product.name, content: [element('div', { class: 'product' }, productArt(product), facts)] };
}

export function cartPage(cart: Cart, actions: ShopActions): Page {
  if (cart.count === 0) return { title: 'Your cart is empty', content: [backLink()] };
  const lines = cart.lines().map(({ product, quantity }) => {
    const input = element('input', {
      type: 'number',
      min: '0',
      max: '99',
      value: String(quantity),
      'aria-label': `Quantity of ${product.name}`,
    });
    input.addEventListener('change', () =>
      actions.setQuantity(product.id, Math.min(99, Math.trunc(Number(input.value)))),
    );
    const amount = element('span', { class: 'price' }, priceOf(product.cents * quantity));
    return element('li', { class: 'line' }, productArt(product), element('span', {}, product.name), input, amount);
  });
  const total = element('p', { class: 'total' }, 'Total ', element('strong', {}, priceOf(cart.totalCents)));
  const next = element('a', { class: 'primary', href: '/demo-shop/checkout', 'data-link': '' }, 'Check out');
  return { title: 'Your cart', content: [element('ul', { class: 'lines' }, ...lines), total, next] };
}

const PAYMENT_METHODS = {
  credit_card: 'Credit card',
  paypal: 'PayPal',
  bank_transfer: 'Bank transfer',
  apple_pay: 'Apple Pay',
};
const COUNTRIES = { US: 'United States', GB: 'United Kingdom', DE: 'Germany', FR: 'France', JP: 'Japan' };

export function checkoutPage(cart: Cart, actions: ShopActions): Page {
  if (cart.count === 0) return { title: 'Your cart is empty', content: [backLink()] };
  const address = element('textarea', { name: 'address', rows: '2', required: '', maxlength: '300' });
  address.value = '1 Quay Street, Port Ebb';
  const form = element(
    'form',
    { class: 'checkout' },
    field('Deliver to', address),
    field('Country', choice('country', COUNTRIES)),
    field('Pay with', choice('payment', PAYMENT_METHODS)),
    element('p', { class: 'total' }, 'Total ', element('strong', {}, priceOf(cart.totalCents))),
    element('button', { class: 'primary', type: 'submit' }, 'Place order'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    actions.checkOut(readDelivery(new FormData(form)));
  });
  return { title: 'Check out', content: [form] };
}

export function thanksPage(orderId: string): Page {
  const id = element('code', { id: 'order-id' }, orderId);
  return { title: 'Thank you', content: [element('p', {}, 'Your order is ', id, '.'), backLink()] };
}

function readDelivery(data: FormData): Delivery {
  const text = (name: string): string => {
    const value = data.get(name);
    return typeof value === 'string' ? value : '';
  };
  return { paymentMethod: text('payment'), shippingAddress: text('address'), country: text('country') };
}

function field(label: string, control: HTMLElement): HTMLElement {
  return element('label', { class: 'field' }, element('span', {}, label), control);
}

function choice(name: string, options: Record<string, string>): HTMLElement {
  const items = Object.entries(options).map(([value, label]) => element('option', { value }, label));
  return element('select', { name }, ...items);
}

function backLink(): HTMLElement {
  return element('a', { class: 'back', href: '/demo-shop', 'data-link': '' }, '← All goods');
}
