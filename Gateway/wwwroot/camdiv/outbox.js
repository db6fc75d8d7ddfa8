import { byteLength } from './frames.js';

/** What waits for the line to come back. Oldest out, by the same bounds the server keeps for an absent peer. */
export class Outbox {
  /** @type {{ room: string | null, data: string, bytes: number }[]} */
  #items = [];
  #bytes = 0;
  dropped = 0;

  /** @param {{ maxFrames: number, maxBytes: number }} [bounds] */
  constructor(bounds = { maxFrames: 64, maxBytes: 256 * 1024 }) {
    this.bounds = bounds;
  }

  /**
   * @param {string | null} room null: to be sent whatever the room
   * @param {string} data
   */
  push(room, data) {
    const bytes = byteLength(data);
    this.#items.push({ room, data, bytes });
    this.#bytes += bytes;
    while (this.#items.length > this.bounds.maxFrames || this.#bytes > this.bounds.maxBytes) {
      const oldest = this.#items.shift();
      if (!oldest) break;
      this.#bytes -= oldest.bytes;
      this.dropped += 1;
    }
  }

  /**
   * @param {string | null} room
   * @returns {string[]} what is still of use in that room, in order; the outbox is empty afterwards
   */
  take(room) {
    const kept = this.#items.filter((item) => item.room === null || item.room === room).map((item) => item.data);
    this.#items = [];
    this.#bytes = 0;
    return kept;
  }
}
