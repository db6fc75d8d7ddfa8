/** @import { CamdivEnvironment } from '../camdiv.js' */

const lentMs = 3_000;
const patienceMs = 2_000;

/**
 * Who may make an offer. The initiator always, except while it has lent its turn; the other side asks first.
 * Collisions would be settled by rollback, but a rollback leaves Chromium deaf and blind to tracks it already
 * receives; so rollback stays the last resort, for clients that know nothing of turns.
 */
export class TurnTaking {
  #environment;
  #initiator;
  #send;
  #free;
  #offer;
  /** @type {unknown} */
  #timer = null;
  /** Initiator: lent. Other side: asked. */
  #open = false;
  /** Initiator: an offer of one's own, or a request, waits for the present negotiation. */
  #offerWaits = false;
  #requestWaits = false;

  /**
   * @param {{ environment: CamdivEnvironment, initiator: boolean, send: (payload: Record<string, unknown>) => void,
   *   free: () => boolean, offer: () => void }} options `free`: no negotiation is under way
   */
  constructor({ environment, initiator, send, free, offer }) {
    this.#environment = environment;
    this.#initiator = initiator;
    this.#send = send;
    this.#free = free;
    this.#offer = offer;
  }

  /** Makes an offer as soon as it is this side's turn. */
  take() {
    if (this.#initiator) {
      if (this.#open) this.#offerWaits = true;
      else this.#offer();
      return;
    }
    if (this.#open) return;
    this.#open = true;
    this.#send({ turn: 'ask' });
    this.#timer = this.#environment.setTimeout(() => this.#granted(), patienceMs);
  }

  /** @param {unknown} turn what the other side says about it */
  receive(turn) {
    if (!this.#initiator) {
      if (turn === 'yours' && this.#open) this.#granted();
    } else if (turn === 'ask') {
      this.#requestWaits = true;
      this.settled();
    }
  }

  /** The other side's offer has come: what was lent is returned. */
  returned() {
    if (!this.#initiator || !this.#open) return;
    this.#environment.clearTimeout(this.#timer);
    this.#open = false;
  }

  /** A negotiation has ended, or none is under way. */
  settled() {
    if (!this.#initiator || this.#open || !this.#free()) return;
    if (this.#offerWaits) {
      this.#offerWaits = false;
      this.#offer();
    } else if (this.#requestWaits) {
      this.#lend();
    }
  }

  close() {
    this.#environment.clearTimeout(this.#timer);
    this.#open = true;
  }

  #lend() {
    this.#requestWaits = false;
    this.#open = true;
    this.#send({ turn: 'yours' });
    this.#timer = this.#environment.setTimeout(() => {
      this.#open = false;
      this.settled();
    }, lentMs);
  }

  #granted() {
    this.#environment.clearTimeout(this.#timer);
    this.#open = false;
    this.#offer();
  }
}
