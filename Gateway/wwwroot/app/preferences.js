import { SafeStorage } from '../camdiv/safe-storage.js';

const key = 'camdiv.preferences';

/**
 * @typedef {object} Preferences
 * @property {import('../camdiv.js').ChatType} chat
 * @property {string[]} interests
 * @property {string[] | null} languages null until the user changes what the browser says
 * @property {boolean} autoNext
 * @property {boolean} relayOnly
 * @property {string} microphone device id, empty for the default
 * @property {string} camera
 * @property {string} speaker
 */

/** @type {Preferences} */
const defaults = {
  chat: 'video',
  interests: [],
  languages: null,
  autoNext: true,
  relayOnly: false,
  microphone: '',
  camera: '',
  speaker: '',
};

function storage() {
  try {
    return new SafeStorage(globalThis.localStorage);
  } catch {
    return new SafeStorage(null);
  }
}

const store = storage();

/** @returns {Preferences} */
export function loadPreferences() {
  return { ...defaults, ...store.read(key) };
}

/** @param {Partial<Preferences>} changes */
export function savePreferences(changes) {
  store.write(key, { ...loadPreferences(), ...changes });
}
