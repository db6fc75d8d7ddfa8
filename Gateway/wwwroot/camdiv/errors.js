/** @import { CamdivErrorCode } from '../camdiv.js' */

/** What a caller did wrong or must tell the user; `code` is for programs, `message` for developers. */
export class CamdivError extends Error {
  /**
   * @param {CamdivErrorCode} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = 'CamdivError';
    this.code = code;
  }
}
