import { byId } from './dom.js';

/** Asks what happened and hands it on. */
export class ReportDialog {
  #dialog = /** @type {HTMLDialogElement} */ (byId('report-dialog'));
  #form = /** @type {HTMLFormElement} */ (byId('report-form'));
  #details = /** @type {HTMLTextAreaElement} */ (byId('report-details'));
  #block = /** @type {HTMLInputElement} */ (byId('report-block'));

  /** @param {(reason: string, block: boolean) => void} onReport */
  constructor(onReport) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      const reason = String(new FormData(this.#form).get('reason'));
      const details = this.#details.value.trim();
      this.#dialog.close();
      onReport((details ? `${reason}: ${details}` : reason).slice(0, 500), this.#block.checked);
    });
  }

  open() {
    this.#form.reset();
    this.#dialog.showModal();
  }
}
