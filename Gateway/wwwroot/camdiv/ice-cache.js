/** @import { SafeStorage } from './safe-storage.js' */

const key = 'camdiv.ice';
const longestMs = 6 * 3600_000;
const marginMs = 3600_000;
const marginShare = 2 / 3;

/**
 * One answer of `/ice-servers`, with the times already on this device's clock.
 * @typedef {{ user: string, iceServers: RTCIceServer[], fetchedAt: number, freshUntil: number, expiresAt: number }}
 *   IceEntry
 */

/**
 * @param {any} body the answer's JSON
 * @param {string} user the identity it was given to
 * @param {number} now milliseconds since the epoch
 * @returns {IceEntry | null} null when the answer is not usable
 */
export function entryFrom(body, user, now) {
  if (!Array.isArray(body?.iceServers)) return null;
  // `ttl` counts from now on any clock; `expires` would need the device's clock to be right.
  const lifetime = Number.isFinite(body.ttl) ? body.ttl * 1000
    : Number.isFinite(body.expires) ? body.expires * 1000 - now : 0;
  if (lifetime <= 0) return null;
  const expiresAt = now + lifetime;
  // Renewed well before: an allocation is made with what is left, and short-lived credentials have no hour to spare.
  const margin = Math.min(marginMs, lifetime * marginShare);
  const refresh = Number.isFinite(body.refresh) && body.refresh > 0 ? body.refresh * 1000 : longestMs;
  return {
    user,
    iceServers: body.iceServers,
    fetchedAt: now,
    freshUntil: Math.min(now + refresh, now + longestMs, expiresAt - margin),
    expiresAt,
  };
}

/** The last answer, shared by the tabs of one identity. */
export class IceCache {
  #storage;

  /** @param {SafeStorage} storage */
  constructor(storage) {
    this.#storage = storage;
  }

  /**
   * @param {string | null} user
   * @param {number} now
   * @returns {IceEntry | null} the entry while its credentials are valid, fresh or not
   */
  usable(user, now) {
    const entry = /** @type {IceEntry | null} */ (this.#storage.read(key));
    if (!entry || !Array.isArray(entry.iceServers) || entry.user !== user) return null;
    const clockWentBack = now < entry.fetchedAt;
    return !clockWentBack && now < entry.expiresAt ? entry : null;
  }

  /**
   * @param {string | null} user
   * @param {number} now
   * @returns {IceEntry | null} the entry while nobody need ask again
   */
  fresh(user, now) {
    const entry = this.usable(user, now);
    return entry && now < entry.freshUntil ? entry : null;
  }

  /** @param {IceEntry} entry */
  store(entry) {
    this.#storage.write(key, entry);
  }
}
