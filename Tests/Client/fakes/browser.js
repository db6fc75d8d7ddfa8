import { FakeClock } from './clock.js';
import { FakeMediaStream, freshPeerConnectionClass } from './peer-connection.js';
import { freshWebSocketClass } from './web-socket.js';

/** Storage, locks and `storage` events as the tabs of one browser share them. */
export class FakeBrowser {
  clock;
  #values = new Map();
  #tabs = [];
  #locks = new Map();

  constructor(clock = new FakeClock()) {
    this.clock = clock;
  }

  get values() {
    return this.#values;
  }

  /** @returns an environment of one tab; `overrides` replace parts of it */
  tab(overrides = {}) {
    const events = new EventTarget();
    this.#tabs.push(events);
    let seed = this.#tabs.length;
    return {
      WebSocket: freshWebSocketClass(),
      RTCPeerConnection: freshPeerConnectionClass(),
      MediaStream: FakeMediaStream,
      fetch: async () => { throw new TypeError('no network'); },
      storage: {
        getItem: (key) => this.#values.get(key) ?? null,
        setItem: (key, value) => this.#set(events, key, String(value)),
        removeItem: (key) => this.#values.delete(key),
      },
      locks: { request: (name, run) => this.#request(name, run) },
      events,
      connection: Object.assign(new EventTarget(), { type: 'wifi', effectiveType: '4g' }),
      now: this.clock.now,
      setTimeout: this.clock.setTimeout,
      clearTimeout: this.clock.clearTimeout,
      random: () => { seed = (seed * 16807) % 2147483647; return seed / 2147483647; },
      ...overrides,
    };
  }

  #set(from, key, value) {
    this.#values.set(key, value);
    for (const tab of this.#tabs) {
      if (tab !== from) queueMicrotask(() => tab.dispatchEvent(Object.assign(new Event('storage'), { key, newValue: value })));
    }
  }

  async #request(name, run) {
    const before = this.#locks.get(name) ?? Promise.resolve();
    const turn = before.then(() => run({ name }));
    this.#locks.set(name, turn.then(() => {}, () => {}));
    return turn;
  }
}

/** An `/ice-servers` whose answers the test gives. */
export class FakeIceServer {
  requests = [];
  /** Gives the first request its answer at once, when set. */
  first = null;

  fetch = (url, init) => new Promise((resolve, reject) => {
    const request = { url, init, resolve, reject };
    init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    this.requests.push(request);
    const { first } = this;
    this.first = null;
    if (first) this.answer(first());
  });

  get last() {
    return this.requests.at(-1);
  }

  answer(body, { status = 200, headers = {} } = {}) {
    this.last.resolve({
      ok: status >= 200 && status < 300,
      status,
      headers: new Headers(headers),
      json: async () => body,
    });
  }

  fail() {
    this.last.reject(new TypeError('network'));
  }
}

export function turnBody(clock, { ttl = 86_400, refresh = undefined, username = 'u' } = {}) {
  return {
    iceServers: [
      { urls: 'stun:stun.test:3478' },
      { urls: ['turn:turn.test:3478?transport=udp'], username, credential: 'c' },
    ],
    ttl,
    refresh,
    expires: Math.floor(clock.now() / 1000) + ttl,
    regions: ['ams'],
  };
}
