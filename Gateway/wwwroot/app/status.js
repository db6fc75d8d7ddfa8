/** @import { CamdivState, ChatType, Path, Quality } from '../camdiv.js' */
import { byId } from './dom.js';
import { connectedWords, searchingWords } from './words.js';

/** @type {Record<Quality['level'], string>} */
const qualityWords = { good: 'good', fair: 'fair', poor: 'poor' };

/** The state in words, and as data attributes for styles, tests and embedders. */
export class Status {
  #root = document.documentElement;
  #line = byId('state');
  #quality = byId('quality');
  /** @type {CamdivState} */
  #state = 'idle';
  /** @type {number | null} */
  #waiting = null;
  /** @type {Path | null} */
  #path = null;
  #peerAway = false;
  /** What is to be said instead, e.g. while the browser asks for the camera. */
  #instead = '';

  /** @returns {string} what is shown now */
  get words() {
    return this.#line.textContent ?? '';
  }

  /**
   * @param {CamdivState} state
   * @param {ChatType} chat
   */
  setState(state, chat) {
    this.#state = state;
    this.#instead = '';
    this.#root.dataset.state = state;
    this.#root.dataset.chat = chat;
    if (state !== 'searching') this.#waiting = null;
    if (state === 'idle' || state === 'searching' || state === 'connecting') {
      this.#path = null;
      this.#peerAway = false;
      delete this.#root.dataset.path;
      delete this.#root.dataset.candidate;
      this.setQuality(null);
    }
    this.#show();
  }

  /** @param {string | null} room */
  setRoom(room) {
    if (room) this.#root.dataset.room = room;
    else delete this.#root.dataset.room;
  }

  /** @param {number} waiting */
  setWaiting(waiting) {
    this.#waiting = waiting;
    this.#show();
  }

  /** @param {Path} path */
  setPath(path) {
    this.#path = path;
    this.#root.dataset.path = path.relayed ? 'relay' : 'direct';
    this.#root.dataset.candidate = path.candidate;
    this.#show();
  }

  /** @param {boolean} away */
  setPeerAway(away) {
    this.#peerAway = away;
    this.#show();
  }

  /** @param {string} words */
  say(words) {
    this.#instead = words;
    this.#show();
  }

  /** @param {Quality | null} quality */
  setQuality(quality) {
    this.#quality.hidden = quality === null;
    if (!quality) {
      delete this.#root.dataset.quality;
      return;
    }
    if (this.#root.dataset.quality === quality.level) return;
    this.#root.dataset.quality = quality.level;
    byId('quality-words').textContent = `, connection quality ${qualityWords[quality.level]}`;
  }

  #show() {
    const words = this.#instead || this.#wordsOfState();
    // Setting the same words again would make a screen reader repeat them.
    if (this.#line.textContent !== words) this.#line.textContent = words;
    document.title = this.#state === 'idle' ? 'Camdiv' : `${words} · Camdiv`;
  }

  #wordsOfState() {
    const chat = /** @type {ChatType} */ (this.#root.dataset.chat);
    switch (this.#state) {
      case 'searching': return searchingWords(this.#waiting);
      case 'connecting': return 'Found someone. Connecting…';
      case 'reconnecting': return 'Connection interrupted. Mending it…';
      case 'connected': return this.#peerAway ? 'Their line is interrupted…' : connectedWords(this.#path, chat);
      default: return 'Ready when you are';
    }
  }
}
