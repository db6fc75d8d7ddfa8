/** @import { Quality } from '../camdiv.js' */
import { selectedPath } from './selected-path.js';

/** Turns successive statistics into a mark a person can use. */
export class QualityMeter {
  #lost = 0;
  #received = 0;

  /**
   * @param {RTCStatsReport} report
   * @returns {Quality}
   */
  sample(report) {
    let lost = 0;
    let received = 0;
    report.forEach((stat) => {
      if (stat.type !== 'inbound-rtp') return;
      lost += stat.packetsLost ?? 0;
      received += stat.packetsReceived ?? 0;
    });
    const lostNow = Math.max(0, lost - this.#lost);
    const receivedNow = Math.max(0, received - this.#received);
    this.#lost = lost;
    this.#received = received;
    const expected = lostNow + receivedNow;
    const loss = expected > 0 ? lostNow / expected : 0;
    const rttMs = selectedPath(report)?.rttMs ?? null;
    return { level: levelOf(loss, rttMs ?? 0), rttMs, loss };
  }
}

/**
 * @param {number} loss
 * @param {number} rttMs
 */
function levelOf(loss, rttMs) {
  if (loss > 0.08 || rttMs > 600) return 'poor';
  if (loss > 0.02 || rttMs > 300) return 'fair';
  return 'good';
}
