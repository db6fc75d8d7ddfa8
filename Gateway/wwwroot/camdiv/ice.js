/** @import { CamdivEnvironment } from '../camdiv.js' */
/** @import { IceEntry } from './ice-cache.js' */
import { Backoff } from './backoff.js';
import { IceCache, entryFrom } from './ice-cache.js';
import { SafeStorage } from './safe-storage.js';

const fetchLock = 'camdiv-ice';
const patienceMs = 5_000;
const abortMs = 20_000;
const attempts = 8;
const lastMinuteMs = 60_000;

/** @type {RTCIceServer[]} */
export const publicStun = [
  { urls: 'stun:stun.l.google.com:19302' },
  { urls: 'stun:stun.cloudflare.com:3478' },
];

/**
 * `complete`: the server's own answer. When false, `late` resolves with it once it comes, null when it never does.
 * `goodUntil`: until when a connection that was made with it may still begin.
 * @typedef {{ iceServers: RTCIceServer[], complete: boolean, relay: boolean, goodUntil: number,
 *   late: Promise<IceAnswer | null> | null }} IceAnswer
 */

/** @typedef {{ startedAt: number, first: Promise<unknown>, done: Promise<IceAnswer | null> }} Pending */

/**
 * @param {RTCIceServer[]} servers
 * @returns {boolean}
 */
export function hasRelay(servers) {
  return servers.some((server) => [server.urls].flat().some((url) => /^turns?:/i.test(url)));
}

/** The ICE configuration: asked for once by however many callers and tabs, never used past its expiry. */
export class IceConfiguration {
  #environment;
  #url;
  #session;
  #fallback;
  #cache;
  /** @type {Pending | null} */
  #pending = null;
  #closed = false;

  /**
   * @param {{ environment: CamdivEnvironment, url: string, fallback?: RTCIceServer[],
   *   session: () => { token: string, user: string } | null }} options
   */
  constructor({ environment, url, session, fallback = publicStun }) {
    this.#environment = environment;
    this.#url = url;
    this.#session = session;
    this.#fallback = fallback;
    this.#cache = new IceCache(new SafeStorage(environment.storage));
  }

  close() {
    this.#closed = true;
  }

  /** @returns {IceAnswer | null} what is fresh now, without asking anybody */
  peek() {
    const entry = this.#cache.fresh(this.#user(), this.#environment.now());
    return entry && answerOf(entry);
  }

  /** @returns {IceAnswer} the best there is at once: credentials that are still valid, else STUN only */
  atHand() {
    const entry = this.#cache.usable(this.#user(), this.#environment.now());
    if (entry) return answerOf(entry);
    const relay = hasRelay(this.#fallback);
    return { iceServers: this.#fallback, complete: false, relay, goodUntil: Infinity, late: null };
  }

  /**
   * @returns {Promise<IceAnswer>} the server's configuration; after 5 s, or when the server cannot be reached, what is
   *   at hand meanwhile: the last one while its credentials are valid, else STUN only. Never rejects.
   */
  async get() {
    const ready = this.peek();
    if (ready) return ready;
    const pending = this.#ask();
    await Promise.race([pending.first, this.#patience(pending)]);
    const arrived = this.peek();
    if (arrived) return arrived;
    const entry = this.#cache.usable(this.#user(), this.#environment.now());
    // What was fetched just now is the server's answer, however soon it is to be asked for again.
    if (entry && entry.fetchedAt >= pending.startedAt) return answerOf(entry);
    return { ...this.atHand(), complete: false, late: pending.done };
  }

  #user() {
    return this.#session()?.user ?? null;
  }

  /** @param {Pending} pending */
  #patience(pending) {
    const left = Math.max(0, pending.startedAt + patienceMs - this.#environment.now());
    return new Promise((resolve) => this.#environment.setTimeout(() => resolve(null), left));
  }

  /** @returns {Pending} */
  #ask() {
    if (this.#pending) return this.#pending;
    /** @type {(value: unknown) => void} */
    let settleFirst = () => {};
    const first = new Promise((resolve) => { settleFirst = resolve; });
    const done = this.#insist(() => settleFirst(null)).finally(() => { this.#pending = null; });
    this.#pending = { startedAt: this.#environment.now(), first, done };
    return this.#pending;
  }

  /**
   * @param {() => void} onFirst called when the first try has ended
   * @returns {Promise<IceAnswer | null>}
   */
  async #insist(onFirst) {
    const backoff = new Backoff({ baseMs: 2_000, capMs: 60_000, random: this.#environment.random });
    for (let attempt = 0; attempt < attempts && !this.#closed; attempt += 1) {
      const outcome = await this.#once();
      onFirst();
      if (outcome.entry) return answerOf(outcome.entry);
      if (outcome.final) return null;
      const delay = Math.max(backoff.next(), outcome.retryAfterMs ?? 0);
      await new Promise((resolve) => this.#environment.setTimeout(() => resolve(null), delay));
    }
    return null;
  }

  /** @returns {Promise<{ entry?: IceEntry, final?: boolean, retryAfterMs?: number }>} */
  async #once() {
    const { locks } = this.#environment;
    const fetchUnlessShared = async () => {
      const shared = this.#cache.fresh(this.#user(), this.#environment.now());
      return shared ? { entry: shared } : this.#fetch();
    };
    try {
      return locks ? await locks.request(fetchLock, fetchUnlessShared) : await fetchUnlessShared();
    } catch {
      return {};
    }
  }

  async #fetch() {
    const session = this.#session();
    if (!session) return { final: true };
    const abort = new AbortController();
    const timer = this.#environment.setTimeout(() => abort.abort(), abortMs);
    try {
      // Not from the HTTP cache: it knows neither identities nor how much of `ttl` is gone.
      const response = await this.#environment.fetch(`${this.#url}?utcOffset=${this.#utcOffset()}`, {
        headers: { Authorization: `Bearer ${session.token}` },
        cache: 'no-store',
        signal: abort.signal,
      });
      // 403: not searching. Whoever asks next may be.
      if (response.status === 401 || response.status === 403) return { final: true };
      if (!response.ok) return { retryAfterMs: retryAfter(response) };
      const entry = entryFrom(await response.json(), session.user, this.#environment.now());
      if (entry) this.#cache.store(entry);
      return entry ? { entry } : {};
    } finally {
      this.#environment.clearTimeout(timer);
    }
  }

  #utcOffset() {
    return -new Date(this.#environment.now()).getTimezoneOffset();
  }
}

/**
 * @param {IceEntry} entry
 * @returns {IceAnswer}
 */
function answerOf(entry) {
  return {
    iceServers: entry.iceServers,
    complete: true,
    relay: hasRelay(entry.iceServers),
    goodUntil: entry.expiresAt - Math.min(lastMinuteMs, (entry.expiresAt - entry.fetchedAt) / 4),
    late: null,
  };
}

/** @param {Response} response */
function retryAfter(response) {
  const seconds = Number(response.headers.get('Retry-After'));
  return Number.isFinite(seconds) ? Math.min(seconds, 300) * 1000 : 0;
}
