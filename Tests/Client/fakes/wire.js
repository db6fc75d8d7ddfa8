import { settle } from './clock.js';

/** Carries payloads between two ends, at once or when the test says so. */
export class Wire {
  held = null;
  #ends = {};

  connect(name, receive) {
    this.#ends[name] = receive;
  }

  /** @returns a `send` for the end `from` whose payloads arrive at `to` */
  sender(from, to) {
    return (payload) => {
      const copy = JSON.parse(JSON.stringify(payload));
      const deliver = () => this.#ends[to](copy);
      if (this.held) this.held.push({ from, payload: copy, deliver });
      else queueMicrotask(deliver);
    };
  }

  hold() {
    this.held = [];
  }

  /** What is sent meanwhile queues behind: nothing overtakes anything. */
  async release() {
    while (this.held?.length > 0) {
      this.held.shift().deliver();
      await settle();
    }
    this.held = null;
  }

  drop() {
    this.held = null;
  }
}
