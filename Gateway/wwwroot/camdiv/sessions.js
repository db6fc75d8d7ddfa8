/** @import { CamdivEnvironment } from '../camdiv.js' */
import { SafeStorage } from './safe-storage.js';

const sessionKey = 'camdiv.session';
const tabKey = 'camdiv.tab';
const firstHelloLock = 'camdiv-first-hello';

/** One identity for all tabs of a person, and the tab that holds it: the one that claimed it last. */
export class Sessions {
  #environment;
  #storage;
  #tab;
  /** @type {(() => void) | null} */
  #onLost = null;

  /** @param {CamdivEnvironment} environment */
  constructor(environment) {
    this.#environment = environment;
    this.#storage = new SafeStorage(environment.storage);
    this.#tab = `${environment.now().toString(36)}-${environment.random().toString(36).slice(2)}`;
  }

  /** @returns {{ token: string, user: string } | null} */
  current() {
    const stored = this.#storage.read(sessionKey);
    return typeof stored?.token === 'string' && typeof stored.user === 'string' ? stored : null;
  }

  /**
   * @param {string} token
   * @param {string} user
   */
  save(token, user) {
    this.#storage.write(sessionKey, { token, user });
  }

  /** The identity has ended. */
  forget() {
    this.#storage.remove(sessionKey);
  }

  /**
   * Makes this tab the holder of the identity.
   * @param {() => void} onLost called when another tab takes it
   */
  claim(onLost) {
    this.#onLost = onLost;
    this.#environment.events?.addEventListener('storage', this.#onStorage);
    this.#storage.write(tabKey, this.#tab);
  }

  /** Hears of other tabs no more. */
  release() {
    this.#onLost = null;
    this.#environment.events?.removeEventListener('storage', this.#onStorage);
  }

  /** @returns {boolean} false once another tab has claimed the identity */
  owned() {
    const holder = this.#storage.read(tabKey);
    return holder === null || holder === this.#tab;
  }

  #onStorage = (/** @type {Event} */ event) => {
    if (/** @type {StorageEvent} */ (event).key === tabKey && !this.owned()) this.#onLost?.();
  };

  /**
   * Runs `greet` with the stored session. Without one, tabs take turns: the second then finds the first one's
   * session, and two tabs opened together never become two people.
   * @param {(token: string | null) => Promise<void> | void} greet resolves when a session is stored or the try failed
   */
  greet(greet) {
    const known = this.current();
    if (known || !this.#environment.locks) {
      void greet(known?.token ?? null);
      return;
    }
    this.#environment.locks
      .request(firstHelloLock, async () => {
        const stored = this.current();
        const greeted = greet(stored?.token ?? null);
        if (!stored) await greeted;
      })
      .catch(() => greet(null));
  }
}
