/** Exponential delays with jitter, so that clients dropped together do not come back together. */
export class Backoff {
  #attempt = 0;
  #baseMs;
  #capMs;
  #random;

  /** @param {{ baseMs: number, capMs: number, random: () => number }} options */
  constructor({ baseMs, capMs, random }) {
    this.#baseMs = baseMs;
    this.#capMs = capMs;
    this.#random = random;
  }

  /** @returns {number} milliseconds to wait: between half and all of a ceiling that doubles up to the cap */
  next() {
    const ceiling = Math.min(this.#capMs, this.#baseMs * 2 ** Math.min(this.#attempt, 30));
    this.#attempt += 1;
    return Math.round(ceiling / 2 + this.#random() * (ceiling / 2));
  }

  reset() {
    this.#attempt = 0;
  }
}
