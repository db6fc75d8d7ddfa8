/** @import { Camdiv, CamdivEventMap, LeaveReason, Match } from '../camdiv.js' */
/** @import { CallControls } from './call-controls.js' */
/** @import { ChatView } from './chat-view.js' */
/** @import { Notices } from './notices.js' */
/** @import { Stage } from './stage.js' */
/** @import { Status } from './status.js' */
import { byId } from './dom.js';
import { leftWords } from './words.js';

const autoNextMs = 900;

/**
 * @typedef {object} ConversationParts
 * @property {Camdiv} camdiv
 * @property {Status} status
 * @property {Stage} stage
 * @property {ChatView} chat
 * @property {CallControls} controls
 * @property {Notices} notices
 * @property {() => boolean} autoNext
 */

/** Follows the client through one stranger after another and keeps the page in step. */
export class Conversation {
  #parts;
  #autoNextTimer = 0;
  #clickedAt = 0;
  #matchedAt = 0;
  #met = false;

  /** @param {ConversationParts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { camdiv, status, stage, chat } = parts;
    camdiv.addEventListener('state', ({ detail }) => this.#onState(detail));
    camdiv.addEventListener('matched', ({ detail }) => this.#onMatched(detail));
    camdiv.addEventListener('peer-left', ({ detail }) => this.#onPeerLeft(detail.reason));
    camdiv.addEventListener('searching', ({ detail }) => {
      status.setWaiting(detail.waiting);
      stage.setWaitingWords(status.words);
    });
    camdiv.addEventListener('path', ({ detail }) => status.setPath(detail));
    camdiv.addEventListener('quality', ({ detail }) => status.setQuality(detail));
    camdiv.addEventListener('stream', ({ detail }) => stage.show(detail.kind, detail.stream));
    camdiv.addEventListener('peer-media', ({ detail }) => stage.showPeerMedia(detail));
    camdiv.addEventListener('peer-away', () => status.setPeerAway(true));
    camdiv.addEventListener('peer-back', () => status.setPeerAway(false));
    camdiv.addEventListener('typing', ({ detail }) => chat.showTyping(detail.typing));
    camdiv.addEventListener('text', ({ detail }) => {
      chat.addTheirs(detail.text);
      if (byId('chat').offsetParent === null) chat.countUnread();
    });
  }

  /** Somebody was met on this page, so there is somebody to report. */
  get met() {
    return this.#met;
  }

  /** The user asked for somebody just now: the clock they feel starts here. */
  clicked() {
    this.#clickedAt = performance.now();
    this.cancelAutoNext();
  }

  /** The call view is open and nobody is there yet. */
  begin() {
    const { chat } = this.#parts;
    chat.clear();
    chat.addNote('Messages with the person you meet appear here. Nothing is kept.');
  }

  cancelAutoNext() {
    window.clearTimeout(this.#autoNextTimer);
  }

  onFirstFrame() {
    const { dataset } = document.documentElement;
    dataset.firstFrameMs = String(Math.round(performance.now() - this.#clickedAt));
    dataset.matchToFrameMs = String(Math.round(performance.now() - this.#matchedAt));
  }

  /** @param {CamdivEventMap['state']['detail']} detail */
  #onState({ state, reason }) {
    const { camdiv, status, stage, chat, controls, notices } = this.#parts;
    status.setState(state, camdiv.match?.chat ?? /** @type {any} */ (document.documentElement.dataset.chat));
    status.setRoom(camdiv.match?.room ?? null);
    stage.setWaitingWords(state === 'idle' ? '' : status.words);
    chat.setEnabled(camdiv.match !== null);
    if (state === 'idle' || state === 'searching') {
      controls.endScreen();
      stage.clear();
      chat.showTyping(false);
    }
    controls.render();
    if (reason === 'connection-lost' || reason === 'never-connected') {
      const words = reason === 'connection-lost' ? 'The connection could not be mended.' : 'No way through to that person was found.';
      notices.show('call', `${words} Looking for someone else.`, { forMs: 6_000 });
    } else if (reason === 'link-restored' || reason === 'requeued') {
      notices.show('call', 'Looking again, with your place in line where possible.', { forMs: 4_000 });
    }
  }

  /** @param {Match} match */
  #onMatched(match) {
    const { status, stage, chat } = this.#parts;
    this.#met = true;
    this.#matchedAt = performance.now();
    this.cancelAutoNext();
    delete document.documentElement.dataset.firstFrameMs;
    delete document.documentElement.dataset.matchToFrameMs;
    status.setRoom(match.room);
    stage.begin(match);
    chat.clear();
    chat.setEnabled(true);
    chat.addNote(match.common.length > 0 ? `You both like ${match.common.join(', ')}.` : 'You are talking with a stranger. Be kind.');
    if (match.chat === 'text') chat.focus();
  }

  /** @param {LeaveReason} reason */
  #onPeerLeft(reason) {
    const { camdiv, status, stage, chat, autoNext } = this.#parts;
    const words = leftWords[reason] ?? leftWords.gone;
    chat.addNote(words);
    chat.setEnabled(false);
    if (camdiv.state !== 'idle') return;
    const goesOn = autoNext();
    status.say(goesOn ? `${words} Looking for the next person…` : `${words} Press Next for someone else`);
    stage.setWaitingWords(status.words);
    if (!goesOn) return;
    this.#autoNextTimer = window.setTimeout(() => {
      if (camdiv.state !== 'idle' || camdiv.link === 'stopped') return;
      this.#clickedAt = performance.now();
      camdiv.next();
    }, autoNextMs);
  }
}
