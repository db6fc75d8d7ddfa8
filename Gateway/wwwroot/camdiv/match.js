/** @import { ChatType, Match } from '../camdiv.js' */

/**
 * @param {any} message `matched`, or the `match` of a `welcome`
 * @returns {Match | null} null when it is not a match
 */
export function matchFrom(message) {
  if (typeof message?.room !== 'string' || typeof message.self !== 'string' || typeof message.peer !== 'string') return null;
  const common = Array.isArray(message.common) ? message.common : [];
  return Object.freeze({
    room: message.room,
    self: message.self,
    peer: message.peer,
    initiator: message.initiator === true,
    chat: /** @type {ChatType} */ (message.chat),
    common: Object.freeze(common.filter((/** @type {unknown} */ interest) => typeof interest === 'string')),
  });
}
