import { findProduct, type Product } from './catalogue.ts';

export interface CartLine {
  product: Product;
  quantity: number;
}

/** Lives as long as the page; nothing is stored. */
export class Cart {
  readonly #quantities = new Map<string, number>();
  readonly #onChange: (count: number) => void;

  constructor(onChange: (count: number) => void) {
    this.#onChange = onChange;
  }

  add(productId: string): void {
    this.set(productId, (this.#quantities.get(productId) ?? 0) + 1);
  }

  set(productId: string, quantity: number): void {
    if (quantity > 0) this.#quantities.set(productId, quantity);
    else this.#quantities.delete(productId);
    this.#onChange(this.count);
  }

  clear(): void {
    this.#quantities.clear();
    this.#onChange(0);
  }

  get count(): number {
    return this.lines().reduce((sum, line) => sum + line.quantity, 0);
  }

  get totalCents(): number {
    return this.lines().reduce((sum, line) => sum + line.quantity * line.product.cents, 0);
  }

  lines(): CartLine[] {
    return [...this.#quantities].flatMap(([id, quantity]) => {
      const product = findProduct(id);
      return product === undefined ? [] : [{ product, quantity }];
    });
  }
}
