import type { SendReport } from '../tracker/sender.ts';
import { byId, element } from './elements.ts';

const MAX_ENTRIES = 12;

/** The list beside the shop: what the collector has answered for, newest first. */
export class Activity {
  readonly #list = byId('activity', HTMLOListElement);
  readonly #first = byId('first-event', HTMLParagraphElement);
  #received = 0;

  waiting(): void {
    this.#first.textContent = 'Waiting for the first event…';
  }

  /** Nothing can be sent; says how to change that. */
  unavailable(...content: (Node | string)[]): void {
    this.#first.replaceChildren(...content);
    this.#first.classList.add('missing');
  }

  report(report: SendReport): void {
    const rejected = new Map(report.rejected.map((rejection) => [rejection.index, rejection.message]));
    for (const [index, event] of report.sent.entries()) {
      const reason = rejected.get(index);
      if (reason === undefined) this.received(event.event_type);
      else this.#add(event.event_type, `rejected: ${reason}`, 'bad');
    }
  }

  received(what: string): void {
    this.#received += 1;
    if (this.#received === 1) {
      this.#first.textContent = `First event received at ${timeNow()}`;
      this.#first.classList.add('done');
    }
    this.#add(what, `received ${timeNow()}`, 'good');
  }

  #add(what: string, outcome: string, tone: string): void {
    const name = element('span', { class: 'what' }, what.replaceAll('_', ' '));
    this.#list.prepend(element('li', { class: tone }, name, element('span', { class: 'outcome' }, outcome)));
    while (this.#list.children.length > MAX_ENTRIES) this.#list.lastElementChild?.remove();
  }
}

function timeNow(): string {
  return new Date().toLocaleTimeString('en-GB');
}
