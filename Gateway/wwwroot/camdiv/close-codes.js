/** @import { LinkReason } from '../camdiv.js' */

/**
 * What a closed socket asks for.
 * `pace`: `soon` by backoff, `spread` so that a restarted server is not stormed, `slow` when the server had too much.
 * `over`: the identity has ended with the line.
 * @typedef {{ stop: boolean, pace: 'soon' | 'spread' | 'slow', reason: LinkReason, over?: boolean }} ClosePolicy
 */

/** @type {Record<number, ClosePolicy>} */
const policies = {
  1001: { stop: false, pace: 'spread', reason: 'restart' },
  1009: { stop: false, pace: 'soon', reason: 'too-large' },
  1012: { stop: false, pace: 'spread', reason: 'restart' },
  4400: { stop: true, pace: 'slow', reason: 'misuse' },
  4401: { stop: false, pace: 'soon', reason: 'session-over', over: true },
  4408: { stop: false, pace: 'soon', reason: 'late-hello' },
  4409: { stop: true, pace: 'slow', reason: 'replaced' },
  4413: { stop: false, pace: 'soon', reason: 'slow-consumer' },
  4429: { stop: false, pace: 'slow', reason: 'rate-limited' },
};

/**
 * @param {number} code
 * @returns {ClosePolicy}
 */
export function closePolicy(code) {
  return policies[code] ?? { stop: false, pace: 'soon', reason: 'lost' };
}
