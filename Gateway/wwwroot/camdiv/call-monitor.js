/** @import { CamdivEnvironment, Quality } from '../camdiv.js' */
/** @import { SelectedPath } from './selected-path.js' */
import { QualityMeter } from './quality.js';
import { selectedPath } from './selected-path.js';

const sampleMs = 2_000;
const lookMs = 100;
const looks = 20;

/** Reads the statistics of one connection: the path after each (re)connection, the quality while it lasts. */
export class CallMonitor {
  #connection;
  #environment;
  #onPath;
  #onQuality;
  #meter = new QualityMeter();
  /** @type {unknown} */
  #timer = null;
  #running = false;

  /**
   * @param {{ connection: RTCPeerConnection, environment: CamdivEnvironment,
   *   onPath: (path: SelectedPath) => void, onQuality: (quality: Quality) => void }} options
   */
  constructor({ connection, environment, onPath, onQuality }) {
    this.#connection = connection;
    this.#environment = environment;
    this.#onPath = onPath;
    this.#onQuality = onQuality;
  }

  /** The connection is up, for the first time or again. */
  onConnected() {
    void this.#lookForPath(looks);
    if (this.#running) return;
    this.#running = true;
    this.#later();
  }

  close() {
    this.#running = false;
    this.#environment.clearTimeout(this.#timer);
  }

  /** @param {number} left */
  async #lookForPath(left) {
    const report = await this.#report();
    const path = report && selectedPath(report);
    if (path) this.#onPath(path);
    // The selected pair can show up in the statistics a moment after the state does.
    else if (left > 1) this.#environment.setTimeout(() => void this.#lookForPath(left - 1), lookMs);
  }

  #later() {
    this.#timer = this.#environment.setTimeout(async () => {
      const report = await this.#report();
      if (!this.#running) return;
      if (report) this.#onQuality(this.#meter.sample(report));
      this.#later();
    }, sampleMs);
  }

  /** @returns {Promise<RTCStatsReport | null>} */
  async #report() {
    try {
      return this.#connection.connectionState === 'closed' ? null : await this.#connection.getStats();
    } catch {
      return null;
    }
  }
}
