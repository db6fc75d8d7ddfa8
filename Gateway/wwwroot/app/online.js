import { byId } from './dom.js';

const everyMs = 15_000;

/** Keeps the number of people online up to date while the page is looked at. */
export function showPeopleOnline() {
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
  void look();
  window.setInterval(look, everyMs);
  document.addEventListener('visibilitychange', look);
}
