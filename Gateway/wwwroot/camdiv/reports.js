/** @import { CamdivEnvironment } from '../camdiv.js' */
import { CamdivError } from './errors.js';

const patienceMs = 10_000;

/** @typedef {{ resolve: (id: string) => void, reject: (error: Error) => void, timer: unknown }} Waiting */

/** Reports under way. The server answers them in the order they were sent. */
export class Reports {
  #environment;
  /** @type {Waiting[]} */
  #waiting = [];

  /** @param {CamdivEnvironment} environment */
  constructor(environment) {
    this.#environment = environment;
  }

  get pending() {
    return this.#waiting.length > 0;
  }

  /** @returns {Promise<string>} the id of the report */
  expect() {
    return new Promise((resolve, reject) => {
      /** @type {Waiting} */
      const waiting = { resolve, reject, timer: null };
      waiting.timer = this.#environment.setTimeout(() => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(new CamdivError('timeout', 'the server did not confirm the report'));
      }, patienceMs);
      this.#waiting.push(waiting);
    });
  }

  /** @param {string} id */
  confirmed(id) {
    this.#next()?.resolve(id);
  }

  /** @param {CamdivError} error */
  refused(error) {
    this.#next()?.reject(error);
  }

  #next() {
    const waiting = this.#waiting.shift();
    if (waiting) this.#environment.clearTimeout(waiting.timer);
    return waiting;
  }
}
