/** @import { CamdivEnvironment, CamdivLink, LinkReason } from '../camdiv.js' */
/** @import { Sessions } from './sessions.js' */
import { Backoff } from './backoff.js';
import { closePolicy } from './close-codes.js';
import { decodeFrame, parseObject } from './frames.js';

export const subprotocol = 'camdiv.v1';
const welcomeTimeoutMs = 10_000;
const settledMs = 10_000;
const spreadMs = 2_000;

/**
 * @typedef {object} SignalingHandlers
 * @property {() => string | null} room the room the client believes it is in
 * @property {(welcome: Record<string, any>) => void} welcome
 * @property {(message: Record<string, any>) => void} message
 * @property {(room: string, payload: Record<string, any>) => void} frame
 * @property {(link: CamdivLink, reason: LinkReason | null, retryInMs: number | null) => void} link
 */

/** The line to the server: says hello, resumes, and comes back by itself as the close codes allow. */
export class Signaling {
  #environment;
  #sessions;
  #url;
  #client;
  #handlers;
  #soon;
  #slow;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {WebSocket | null} */
  #superseded = null;
  #welcomed = false;
  /** Rises with every dial and stop, so that what an older one set going finds itself outdated. */
  #generation = 0;
  /** @type {unknown} */
  #retryTimer = null;
  /** @type {unknown} */
  #welcomeTimer = null;
  /** @type {unknown} */
  #settledTimer = null;
  /** @type {number | null} */
  #drainUntil = null;
  /** @type {() => void} */
  #greeted = () => {};
  /** @type {CamdivLink} */
  link = 'offline';
  /** @type {LinkReason | null} */
  #reason = null;

  /**
   * @param {{ environment: CamdivEnvironment, sessions: Sessions, url: string, client: string,
   *   handlers: SignalingHandlers }} options
   */
  constructor({ environment, sessions, url, client, handlers }) {
    this.#environment = environment;
    this.#sessions = sessions;
    this.#url = url;
    this.#client = client.slice(0, 64);
    this.#handlers = handlers;
    this.#soon = new Backoff({ baseMs: 500, capMs: 30_000, random: environment.random });
    this.#slow = new Backoff({ baseMs: 10_000, capMs: 120_000, random: environment.random });
  }

  get open() {
    return this.#welcomed;
  }

  connect() {
    if (this.link !== 'offline' && this.link !== 'stopped') return;
    this.#sessions.claim(() => this.#stop('replaced'));
    this.#dial();
  }

  /** Opens a new socket beside one that may be dead without knowing it; the server retires the old one. */
  refresh() {
    if (this.link === 'offline' || this.link === 'stopped') return;
    if (!this.#welcomed && this.#socket) return;
    if (this.#reason === 'rate-limited') return;
    this.#superseded = this.#socket;
    this.#detach();
    this.#dial();
  }

  /** @param {Record<string, unknown>} message */
  send(message) {
    return this.sendRaw(JSON.stringify(message));
  }

  /**
   * @param {string} data
   * @returns {boolean} false when the line is down
   */
  sendRaw(data) {
    if (!this.#socket || !this.#welcomed || this.#socket.readyState !== 1) return false;
    this.#socket.send(data);
    return true;
  }

  /**
   * Ends the identity; the server closes the line, and the next one begins another identity.
   * @returns {boolean} whether the server was told
   */
  forget() {
    const told = this.send({ type: 'forget' });
    this.#sessions.forget();
    return told;
  }

  close() {
    this.#drop();
    this.#setLink('offline', null, null);
  }

  /** @param {LinkReason} reason */
  #stop(reason) {
    if (this.link === 'offline' || this.link === 'stopped') return;
    this.#drop();
    this.#setLink('stopped', reason, null);
  }

  #drop() {
    const socket = this.#socket;
    this.#sessions.release();
    this.#detach();
    socket?.close();
    this.#superseded?.close();
    this.#superseded = null;
  }

  #detach() {
    this.#generation += 1;
    this.#socket = null;
    this.#welcomed = false;
    this.#greeted();
    for (const timer of [this.#retryTimer, this.#welcomeTimer, this.#settledTimer]) {
      this.#environment.clearTimeout(timer);
    }
  }

  #dial() {
    const generation = ++this.#generation;
    this.#drainUntil = null;
    if (!this.#sessions.owned()) {
      this.#stop('replaced');
      return;
    }
    this.#setLink('connecting', null, null);
    this.#sessions.greet((token) => {
      if (generation !== this.#generation) return undefined;
      return new Promise((resolve) => {
        this.#greeted = resolve;
        this.#openSocket(token);
      });
    });
  }

  /** @param {string | null} token */
  #openSocket(token) {
    const socket = new this.#environment.WebSocket(this.#url, subprotocol);
    this.#socket = socket;
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      const room = this.#handlers.room();
      socket.send(JSON.stringify({
        type: 'hello',
        ...(token && { session: token }),
        ...(room && { room }),
        client: this.#client,
      }));
    };
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#receive(event.data);
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#closed(event.code);
    };
    this.#welcomeTimer = this.#environment.setTimeout(() => {
      this.#detach();
      socket.close();
      this.#retry('no-answer', this.#soon.next());
    }, welcomeTimeoutMs);
  }

  /** @param {unknown} data */
  #receive(data) {
    if (typeof data !== 'string') return;
    if (data[0] === '>') {
      const frame = decodeFrame(data);
      if (frame) this.#handlers.frame(frame.room, frame.payload);
      return;
    }
    const message = parseObject(data);
    if (!message) return;
    if (message.type === 'welcome') this.#onWelcome(message);
    else if (message.type === 'draining') this.#onDraining(message.retryMs);
    else if (message.type === 'session') this.#onSession(message.session);
    else this.#handlers.message(message);
  }

  /** @param {Record<string, any>} welcome */
  #onWelcome(welcome) {
    if (typeof welcome.session !== 'string' || typeof welcome.user !== 'string') return;
    this.#environment.clearTimeout(this.#welcomeTimer);
    this.#sessions.save(welcome.session, welcome.user);
    this.#greeted();
    this.#superseded?.close();
    this.#superseded = null;
    this.#welcomed = true;
    // A server that welcomes and closes in a loop must still meet growing pauses.
    this.#settledTimer = this.#environment.setTimeout(() => {
      this.#soon.reset();
      this.#slow.reset();
    }, settledMs);
    this.#setLink('online', null, null);
    this.#handlers.welcome(welcome);
  }

  /** @param {unknown} token the next one of this identity */
  #onSession(token) {
    const user = this.#sessions.current()?.user;
    if (typeof token === 'string' && user) this.#sessions.save(token, user);
  }

  /** @param {unknown} retryMs */
  #onDraining(retryMs) {
    const delay = typeof retryMs === 'number' && retryMs >= 0 ? Math.min(retryMs, 120_000) : spreadMs;
    this.#drainUntil = this.#environment.now() + delay;
    this.#setLink('draining', 'restart', delay);
    this.#retryTimer = this.#environment.setTimeout(() => this.refresh(), delay);
  }

  /** @param {number} code */
  #closed(code) {
    const policy = closePolicy(code);
    const drainUntil = this.#drainUntil;
    this.#detach();
    if (policy.over) this.#sessions.forget();
    if (policy.stop) {
      this.#stop(policy.reason);
      return;
    }
    if (drainUntil !== null) {
      this.#retry('restart', Math.max(0, drainUntil - this.#environment.now()));
      return;
    }
    this.#retry(policy.reason, this.#delay(policy.pace));
  }

  /** @param {'soon' | 'spread' | 'slow'} pace */
  #delay(pace) {
    if (pace === 'slow') return this.#slow.next();
    const spread = pace === 'spread' ? Math.round(this.#environment.random() * spreadMs) : 0;
    return this.#soon.next() + spread;
  }

  /**
   * @param {LinkReason} reason
   * @param {number} delay milliseconds
   */
  #retry(reason, delay) {
    this.#setLink('waiting', reason, delay);
    this.#retryTimer = this.#environment.setTimeout(() => this.#dial(), delay);
  }

  /**
   * @param {CamdivLink} link
   * @param {LinkReason | null} reason
   * @param {number | null} retryInMs
   */
  #setLink(link, reason, retryInMs) {
    this.link = link;
    this.#reason = reason;
    this.#handlers.link(link, reason, retryInMs);
  }
}
