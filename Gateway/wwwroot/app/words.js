/** @import { ChatType, LeaveReason, LinkReason, MediaFailure, Path } from '../camdiv.js' */

/** @type {Record<LeaveReason, string>} */
export const leftWords = {
  next: 'They moved on.',
  stop: 'They left.',
  gone: 'They lost their connection.',
  unresponsive: 'They did not answer.',
  blocked: 'The conversation was ended.',
};

/**
 * @param {number | null} waiting people in the queue, this one included
 * @returns {string}
 */
export function searchingWords(waiting) {
  if (waiting === null) return 'Looking for someone…';
  return waiting <= 1 ? 'Looking for someone… first in line' : `Looking for someone… ${waiting} waiting`;
}

/**
 * @param {Path | null} path
 * @param {ChatType} chat
 * @returns {string}
 */
export function connectedWords(path, chat) {
  if (chat === 'text') return 'Connected. Say hello';
  if (!path) return 'Connected';
  return path.relayed ? 'Connected through a relay' : 'Connected directly';
}

/**
 * @param {LinkReason | null} reason
 * @param {number} seconds until the next try
 * @returns {string}
 */
export function waitingForServerWords(reason, seconds) {
  const when = seconds <= 1 ? 'Trying again now.' : `Trying again in ${seconds} seconds.`;
  if (reason === 'restart') return `Camdiv is being updated. ${when}`;
  if (reason === 'rate-limited') return `The server asked this device to slow down. ${when}`;
  if (reason === 'session-over') return `Your session was too old and has ended; a new one begins. ${when}`;
  return `The Camdiv server cannot be reached. ${when}`;
}

/**
 * @param {MediaFailure[]} failures
 * @param {boolean} goesOn the chat starts without what failed
 * @returns {string}
 */
export function mediaFailureWords(failures, goesOn) {
  const both = failures.length > 1;
  const video = failures.some(({ kind }) => kind === 'video');
  const what = both ? 'camera and microphone' : video ? 'camera' : 'microphone';
  const effect = !goesOn ? ' You can still choose text.'
    : video ? ' The other person will hear you but not see you.' : ' The other person will see you but not hear you.';
  switch (failures[0]?.code) {
    case 'denied':
      return `Your browser blocks the ${what} for this page. Allow it beside the address, then try again.${effect}`;
    case 'not-found':
      return `No ${both ? 'camera or microphone' : what} was found.${effect}`;
    case 'in-use':
      return `The ${what} cannot be opened. Another program may be using it.${effect}`;
    case 'insecure':
      return `Browsers give the ${what} only to pages opened over https.${effect}`;
    default:
      return `The ${what} could not be opened.${effect}`;
  }
}
