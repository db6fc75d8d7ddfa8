/** @import { Device } from '../camdiv.js' */
import { listDevices } from '../camdiv.js';
import { byId } from './dom.js';
import { loadPreferences, savePreferences } from './preferences.js';

/** @type {{ id: string, kind: Device['kind'], name: string, preference: 'camera' | 'microphone' | 'speaker' }[]} */
const pickers = [
  { id: 'camera', kind: 'videoinput', name: 'Camera', preference: 'camera' },
  { id: 'mic', kind: 'audioinput', name: 'Microphone', preference: 'microphone' },
  { id: 'speaker', kind: 'audiooutput', name: 'Speaker', preference: 'speaker' },
];

/** Lists of devices. Fires `camera`, `microphone` or `speaker` when the user picks another. */
export class DevicePickers extends EventTarget {
  #home = byId('devices');

  constructor() {
    super();
    // On a phone the wishes come first; elsewhere there is room for both.
    /** @type {HTMLDetailsElement} */ (byId('devices-home')).open = matchMedia('(min-width: 600px)').matches;
    for (const { id, preference } of pickers) {
      const select = /** @type {HTMLSelectElement} */ (byId(`${id}-select`));
      select.addEventListener('change', () => {
        savePreferences({ [preference]: select.value });
        this.dispatchEvent(new Event(preference));
      });
    }
    navigator.mediaDevices?.addEventListener('devicechange', () => void this.refresh());
  }

  /** Labels and ids exist only once the user has granted access, so this is called again after that. */
  async refresh() {
    const devices = await listDevices();
    const preferences = loadPreferences();
    let any = false;
    for (const { id, kind, name, preference } of pickers) {
      const known = devices.filter((device) => device.kind === kind && device.id !== '');
      const usable = known.length > 0 && (kind !== 'audiooutput' || 'setSinkId' in HTMLMediaElement.prototype);
      const select = /** @type {HTMLSelectElement} */ (byId(`${id}-select`));
      byId(`${id}-field`).hidden = !usable;
      select.replaceChildren(...known.map((device, index) => new Option(device.label || `${name} ${index + 1}`, device.id)));
      if (known.some((device) => device.id === preferences[preference])) select.value = preferences[preference];
      any ||= usable;
    }
    this.#home.hidden = !any;
    byId('devices-home').hidden = !any;
  }

  /** @param {HTMLElement} place where the lists are shown now */
  moveTo(place) {
    if (this.#home.parentElement !== place) place.append(this.#home);
  }
}
