/** @import { ChatType, Wishes } from '../camdiv.js' */
import { cleanInterest } from '../camdiv/wishes.js';
import { byId } from './dom.js';
import { loadPreferences, savePreferences } from './preferences.js';
import { TagList } from './tags.js';

const offered = [
  'ar', 'bg', 'bn', 'ca', 'cs', 'da', 'de', 'el', 'en', 'es', 'et', 'fa', 'fi', 'fr', 'he', 'hi', 'hr', 'hu', 'id', 'it',
  'ja', 'ko', 'lt', 'lv', 'ms', 'nb', 'nl', 'pl', 'pt', 'ro', 'ru', 'sk', 'sl', 'sr', 'sv', 'sw', 'ta', 'th', 'tl', 'tr',
  'uk', 'ur', 'vi', 'zh',
];

/** What the user wishes for, remembered between visits. */
export class WishesForm extends EventTarget {
  #form = /** @type {HTMLFormElement} */ (byId('wishes'));
  #interestField = /** @type {HTMLInputElement} */ (byId('interests'));
  #languageField = /** @type {HTMLSelectElement} */ (byId('languages'));
  #names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' });
  #interests;
  #languages;

  constructor() {
    super();
    const preferences = loadPreferences();
    this.#interests = new TagList({
      list: byId('interests-list'),
      field: this.#interestField,
      max: 10,
      onChange: (interests) => savePreferences({ interests }),
    });
    this.#languages = new TagList({
      list: byId('languages-list'),
      field: this.#languageField,
      max: 5,
      label: (tag) => this.#name(tag),
      onChange: (languages) => {
        savePreferences({ languages });
        this.#offerLanguages();
      },
    });
    this.#interests.set(preferences.interests);
    this.#languages.set(preferences.languages ?? browserLanguages());
    this.#offerLanguages();
    this.#choose(preferences.chat);
    this.#listen();
  }

  /** @returns {ChatType} */
  get chat() {
    const chosen = new FormData(this.#form).get('chat');
    return chosen === 'audio' || chosen === 'text' ? chosen : 'video';
  }

  /** @returns {Wishes} */
  get wishes() {
    this.#commitInterest();
    return { chat: this.chat, interests: this.#interests.values, languages: this.#languages.values };
  }

  #listen() {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.dispatchEvent(new Event('start'));
    });
    byId('chat-type').addEventListener('change', () => {
      savePreferences({ chat: this.chat });
      this.dispatchEvent(new Event('chat'));
    });
    this.#interestField.addEventListener('keydown', (event) => {
      const typed = this.#interestField.value.trim() !== '';
      if ((event.key === 'Enter' && typed) || event.key === ',') {
        event.preventDefault();
        this.#commitInterest();
      } else if (event.key === 'Backspace' && this.#interestField.value === '') {
        this.#interests.removeLast();
      }
    });
    this.#interestField.addEventListener('blur', () => this.#commitInterest());
    this.#languageField.addEventListener('change', () => {
      this.#languages.add(this.#languageField.value);
      this.#languageField.focus();
    });
  }

  #commitInterest() {
    for (const part of this.#interestField.value.split(',')) this.#interests.add(cleanInterest(part));
    this.#interestField.value = '';
  }

  #offerLanguages() {
    const taken = this.#languages.values.map(primary);
    const options = offered
      .filter((tag) => !taken.includes(tag))
      .map((tag) => new Option(this.#name(tag), tag))
      .sort((a, b) => a.text.localeCompare(b.text));
    this.#languageField.replaceChildren(new Option('Add a language', ''), ...options);
  }

  /** @param {string} tag */
  #name(tag) {
    try {
      return this.#names.of(primary(tag)) ?? tag;
    } catch {
      return tag;
    }
  }

  /** @param {ChatType} chat */
  #choose(chat) {
    const radio = this.#form.querySelector(`input[name="chat"][value="${CSS.escape(chat)}"]`);
    if (radio instanceof HTMLInputElement) radio.checked = true;
  }
}

/** @param {string} tag */
function primary(tag) {
  return tag.split('-')[0].toLowerCase();
}

function browserLanguages() {
  // Matching goes by the primary subtag: en-GB and en-US are one language here.
  return [...new Set((navigator.languages ?? []).map(primary))].filter(Boolean).slice(0, 5);
}
