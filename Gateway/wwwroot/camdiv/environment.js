/** @import { CamdivEnvironment } from '../camdiv.js' */

/**
 * The browser's own parts, with some of them replaced.
 * Timers and clock are looked up at each call, so that a clock installed later takes effect.
 * @param {Partial<CamdivEnvironment>} [overrides]
 * @returns {CamdivEnvironment}
 */
export function browserEnvironment(overrides = {}) {
  const scope = /** @type {any} */ (globalThis);
  return {
    WebSocket: scope.WebSocket,
    RTCPeerConnection: scope.RTCPeerConnection,
    MediaStream: scope.MediaStream,
    fetch: (...args) => scope.fetch(...args),
    storage: localStorageOrNull(),
    locks: scope.navigator?.locks ?? null,
    events: typeof scope.addEventListener === 'function' ? scope : null,
    connection: scope.navigator?.connection ?? null,
    now: () => Date.now(),
    setTimeout: (callback, ms) => scope.setTimeout(callback, ms),
    clearTimeout: (handle) => scope.clearTimeout(handle),
    random: () => Math.random(),
    ...overrides,
  };
}

function localStorageOrNull() {
  try {
    // Merely naming it throws where the user blocks site data.
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
