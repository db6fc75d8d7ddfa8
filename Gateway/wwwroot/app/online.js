/** @import { Camdiv } from '../camdiv.js' */
import { byId } from './dom.js';

const everyMs = 15_000;

/**
 * Keeps the number of people online up to date while the page is looked at.
 * @param {Camdiv} camdiv
 */
export function showPeopleOnline(camdiv) {
  const line = byId('online');
  const count = byId('online-count');
  const look = async () => {
    if (document.hidden) return;
    try {
      const response = await fetch('/stats', { cache: 'no-store' });
      const { online } = await response.json();
      line.hidden = !Number.isFinite(online);
      if (!line.hidden) count.textContent = `${online.toLocaleString('en')} online`;
    } catch {
      // An old number would be a guess.
      line.hidden = true;
    }
  };
  // The first look waits until the server counts this user, too.
  camdiv.addEventListener('link', ({ detail }) => { if (detail.link === 'online') void look(); });
  window.setInterval(look, everyMs);
  document.addEventListener('visibilitychange', look);
}
