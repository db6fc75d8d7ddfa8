import { byId, create, createIcon } from './dom.js';

/**
 * @typedef {object} NoticeOptions
 * @property {'info' | 'problem'} [tone]
 * @property {{ label: string, id: string, run: () => void } | null} [action]
 * @property {number} [forMs] how long it stays; 0 until it is resolved or dismissed
 */

/** Messages that must not be missed. One per topic: a new one takes the place of the old. */
export class Notices {
  #home = byId('notices');
  /** @type {Map<string, { element: HTMLElement, timer: number }>} */
  #shown = new Map();

  /**
   * @param {string} topic
   * @param {string} text
   * @param {NoticeOptions} [options]
   */
  show(topic, text, { tone = 'info', action = null, forMs = 0 } = {}) {
    const known = this.#shown.get(topic);
    const words = known?.element.querySelector('p');
    if (known && words && !action && known.element.dataset.tone === tone && !known.element.dataset.action) {
      words.textContent = text;
      return;
    }
    this.clear(topic);
    const element = create('div', 'notice');
    element.dataset.topic = topic;
    element.dataset.tone = tone;
    element.append(create('p', '', text));
    if (action) {
      element.dataset.action = action.id;
      const button = create('button', 'button small', action.label);
      button.id = action.id;
      button.setAttribute('type', 'button');
      button.addEventListener('click', action.run);
      element.append(button);
    }
    const dismiss = create('button', 'round small');
    dismiss.setAttribute('type', 'button');
    dismiss.setAttribute('aria-label', 'Dismiss');
    dismiss.append(createIcon('close'));
    dismiss.addEventListener('click', () => this.clear(topic));
    element.append(dismiss);
    this.#home.append(element);
    const timer = forMs > 0 ? window.setTimeout(() => this.clear(topic), forMs) : 0;
    this.#shown.set(topic, { element, timer });
  }

  /** @param {string} topic */
  clear(topic) {
    const shown = this.#shown.get(topic);
    if (!shown) return;
    window.clearTimeout(shown.timer);
    shown.element.remove();
    this.#shown.delete(topic);
  }
}
