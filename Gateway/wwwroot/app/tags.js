import { create, createIcon } from './dom.js';

/** A short list of words as chips, each with its own way out. */
export class TagList {
  /** @type {string[]} */
  #values = [];
  #list;
  #field;
  #max;
  #label;
  #onChange;

  /**
   * @param {{ list: HTMLElement, field: HTMLInputElement | HTMLSelectElement, max: number,
   *   label?: (value: string) => string, onChange: (values: string[]) => void }} options
   */
  constructor({ list, field, max, label = (value) => value, onChange }) {
    this.#list = list;
    this.#field = field;
    this.#max = max;
    this.#label = label;
    this.#onChange = onChange;
  }

  get values() {
    return [...this.#values];
  }

  /** @param {string[]} values */
  set(values) {
    this.#values = values.slice(0, this.#max);
    this.#render();
  }

  /** @param {string} value */
  add(value) {
    const known = this.#values.some((other) => other.toLowerCase() === value.toLowerCase());
    if (value === '' || known || this.#values.length >= this.#max) return;
    this.#values.push(value);
    this.#changed();
  }

  removeLast() {
    if (this.#values.length === 0) return;
    this.#values.pop();
    this.#changed();
  }

  /** @param {string} value */
  #remove(value) {
    this.#values = this.#values.filter((other) => other !== value);
    this.#changed();
    this.#field.focus();
  }

  #changed() {
    this.#render();
    this.#onChange(this.values);
  }

  #render() {
    this.#field.disabled = this.#values.length >= this.#max;
    this.#list.replaceChildren(...this.#values.map((value) => {
      const item = create('li', 'tag', this.#label(value));
      const remove = create('button', 'tag-remove');
      remove.setAttribute('type', 'button');
      remove.setAttribute('aria-label', `Remove ${this.#label(value)}`);
      remove.append(createIcon('close'));
      remove.addEventListener('click', () => this.#remove(value));
      item.append(remove);
      return item;
    }));
  }
}
