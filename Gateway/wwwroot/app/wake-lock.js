/** @import { Camdiv } from '../camdiv.js' */

/**
 * Keeps the screen of a phone on while somebody is seen or heard.
 * @param {Camdiv} camdiv
 */
export function keepAwake(camdiv) {
  /** @type {WakeLockSentinel | null} */
  let held = null;
  const wanted = () => camdiv.match !== null && camdiv.match.chat !== 'text' && !document.hidden;
  const update = async () => {
    if (!wanted()) {
      void held?.release();
      held = null;
      return;
    }
    if (held && !held.released) return;
    try {
      held = (await navigator.wakeLock?.request('screen')) ?? null;
      if (!wanted()) await update();
    } catch {
      // Low battery or policy: the screen may go dark, nothing else changes.
    }
  };
  camdiv.addEventListener('state', () => void update());
  document.addEventListener('visibilitychange', () => void update());
}
