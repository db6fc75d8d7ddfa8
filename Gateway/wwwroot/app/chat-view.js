import { byId, create } from './dom.js';

const maxEntries = 500;
const typingPauseMs = 4_000;

/** The text chat. What a stranger writes is set as text: no markup, and links lead nowhere. */
export class ChatView {
  #log = byId('chat-log');
  #input = /** @type {HTMLTextAreaElement} */ (byId('chat-input'));
  #typing = byId('typing');
  #unreadMark = byId('unread');
  #unread = 0;
  #typingTimer = 0;
  #typingHideTimer = 0;
  /** Kept by scrolling, so that a new entry need not measure the page first. */
  #atEnd = true;
  #onSend;
  #onTyping;

  /** @param {{ onSend: (text: string) => boolean, onTyping: (typing: boolean) => void }} handlers */
  constructor({ onSend, onTyping }) {
    this.#onSend = onSend;
    this.#onTyping = onTyping;
    byId('chat-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
    this.#input.addEventListener('input', () => this.#onInput());
    this.#log.addEventListener('scroll', () => {
      this.#atEnd = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < 80;
    }, { passive: true });
  }

  /** @param {boolean} enabled */
  setEnabled(enabled) {
    this.#input.disabled = !enabled;
    /** @type {HTMLButtonElement} */ (byId('chat-send')).disabled = !enabled;
  }

  focus() {
    this.#input.focus();
  }

  clear() {
    this.#log.replaceChildren();
    this.#atEnd = true;
    this.#input.value = '';
    this.#fit();
    this.showTyping(false);
    this.markRead();
  }

  /** @param {string} text */
  addTheirs(text) {
    this.showTyping(false);
    this.#add('theirs', 'They', text);
  }

  /** @param {string} text */
  addNote(text) {
    this.#add('note', '', text);
  }

  /** @param {boolean} typing */
  showTyping(typing) {
    window.clearTimeout(this.#typingHideTimer);
    this.#typing.hidden = !typing;
    // Should the word that they stopped get lost, the dots do not stay for ever.
    if (typing) this.#typingHideTimer = window.setTimeout(() => this.showTyping(false), 30_000);
  }

  countUnread() {
    this.#unread += 1;
    this.#unreadMark.textContent = this.#unread > 9 ? '9+' : String(this.#unread);
    this.#unreadMark.hidden = false;
    byId('chat-toggle').setAttribute('aria-label', `Text chat, ${this.#unread} unread`);
  }

  markRead() {
    this.#unread = 0;
    this.#unreadMark.hidden = true;
    byId('chat-toggle').setAttribute('aria-label', 'Text chat');
  }

  #send() {
    const text = this.#input.value.trim();
    if (text === '' || !this.#onSend(text)) return;
    window.clearTimeout(this.#typingTimer);
    this.#add('mine', 'You', text);
    this.#input.value = '';
    this.#fit();
  }

  #onInput() {
    this.#fit();
    window.clearTimeout(this.#typingTimer);
    const typing = this.#input.value !== '';
    this.#onTyping(typing);
    if (typing) this.#typingTimer = window.setTimeout(() => this.#onTyping(false), typingPauseMs);
  }

  #fit() {
    this.#input.style.height = '';
    if (this.#input.value === '') return;
    this.#input.style.height = `${Math.min(this.#input.scrollHeight, 120)}px`;
  }

  /**
   * @param {'mine' | 'theirs' | 'note'} kind
   * @param {string} who
   * @param {string} text
   */
  #add(kind, who, text) {
    const entry = create('p', `entry ${kind}`);
    if (who) entry.append(create('span', 'sr-only', `${who}: `));
    const words = create('span', 'words', text);
    words.dir = 'auto';
    entry.append(words);
    this.#log.append(entry);
    while (this.#log.childElementCount > maxEntries) this.#log.firstElementChild?.remove();
    if (this.#atEnd || kind === 'mine') {
      requestAnimationFrame(() => { this.#log.scrollTop = this.#log.scrollHeight; });
    }
  }
}
