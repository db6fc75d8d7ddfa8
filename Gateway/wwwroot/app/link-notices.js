/** @import { Camdiv, CamdivLink, LinkReason } from '../camdiv.js' */
/** @import { Notices } from './notices.js' */
import { waitingForServerWords } from './words.js';

const topic = 'link';
const silentMs = 1_500;

/** Says how the line to the server is when that is worth saying. */
export class LinkNotices {
  #camdiv;
  #notices;
  #timer = 0;

  /**
   * @param {Camdiv} camdiv
   * @param {Notices} notices
   */
  constructor(camdiv, notices) {
    this.#camdiv = camdiv;
    this.#notices = notices;
    camdiv.addEventListener('link', ({ detail }) => this.#onLink(detail.link, detail.reason, detail.retryInMs ?? 0));
  }

  /**
   * @param {CamdivLink} link
   * @param {LinkReason | null} reason
   * @param {number} retryInMs
   */
  #onLink(link, reason, retryInMs) {
    document.documentElement.dataset.link = link;
    document.documentElement.dataset.linkReason = reason ?? '';
    window.clearInterval(this.#timer);
    if (link === 'online' || link === 'offline') this.#notices.clear(topic);
    else if (link === 'draining') this.#notices.show(topic, `Camdiv is about to be updated. ${this.#callGoesOn()}`);
    else if (link === 'stopped') this.#onStopped(reason);
    else if (link === 'waiting') this.#countDown(reason, Date.now() + retryInMs, retryInMs > silentMs);
  }

  /**
   * @param {LinkReason | null} reason
   * @param {number} until
   * @param {boolean} atOnce short gaps close before anybody could read of them
   */
  #countDown(reason, until, atOnce) {
    let last = '';
    const say = () => {
      const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      const words = `${waitingForServerWords(reason, seconds)} ${this.#callGoesOn()}`.trim();
      // Every fifth second is enough for those who have it read to them.
      if (words !== last && (last === '' || seconds % 5 === 0 || seconds <= 1)) {
        this.#notices.show(topic, words, { tone: 'problem' });
        last = words;
      }
    };
    if (atOnce) say();
    this.#timer = window.setInterval(say, 1_000);
  }

  /** @param {LinkReason | null} reason */
  #onStopped(reason) {
    if (reason === 'replaced') {
      this.#notices.show(topic, 'Camdiv is open in another tab, which took over from this one.', {
        action: { id: 'take-back', label: 'Use it here', run: () => this.#camdiv.connect() },
      });
      return;
    }
    this.#notices.show(topic, 'The server did not understand this page. It may be an old version.', {
      tone: 'problem',
      action: { id: 'reload', label: 'Reload', run: () => window.location.reload() },
    });
  }

  #callGoesOn() {
    return this.#camdiv.state === 'connected' && this.#camdiv.match?.chat !== 'text' ? 'Your call goes on.' : '';
  }
}
