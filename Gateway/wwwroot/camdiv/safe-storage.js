/** @import { CamdivEnvironment } from '../camdiv.js' */

/** JSON values in the browser's storage; in memory where that is denied or full. */
export class SafeStorage {
  /** @type {Map<string, string>} */
  #memory = new Map();
  #storage;

  /** @param {CamdivEnvironment['storage']} storage */
  constructor(storage) {
    this.#storage = storage;
  }

  /**
   * @param {string} key
   * @returns {any} the value, null when absent or not JSON
   */
  read(key) {
    try {
      return JSON.parse(this.#raw(key) ?? 'null');
    } catch {
      return null;
    }
  }

  /**
   * @param {string} key
   * @param {unknown} value
   */
  write(key, value) {
    const text = JSON.stringify(value);
    try {
      if (this.#storage) {
        this.#storage.setItem(key, text);
        this.#memory.delete(key);
        return;
      }
    } catch {
      // Quota or policy: what follows keeps it for this page at least.
    }
    this.#memory.set(key, text);
  }

  /** @param {string} key */
  remove(key) {
    this.#memory.delete(key);
    try {
      this.#storage?.removeItem(key);
    } catch {
      // Denied storage holds nothing to remove.
    }
  }

  /** @param {string} key */
  #raw(key) {
    const kept = this.#memory.get(key);
    if (kept !== undefined) return kept;
    try {
      return this.#storage?.getItem(key) ?? null;
    } catch {
      return null;
    }
  }
}
