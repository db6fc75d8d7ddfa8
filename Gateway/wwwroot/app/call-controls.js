/** @import { Camdiv } from '../camdiv.js' */
/** @import { LocalMedia } from './local-media.js' */
/** @import { Notices } from './notices.js' */
import { openScreen } from '../camdiv.js';
import { byId, setIcon } from './dom.js';
import { mediaFailureWords } from './words.js';

/** Microphone, camera and screen during a call. */
export class CallControls {
  #camdiv;
  #media;
  #notices;
  /** @type {MediaStreamTrack | null} */
  #screen = null;

  /** @param {{ camdiv: Camdiv, media: LocalMedia, notices: Notices }} parts */
  constructor({ camdiv, media, notices }) {
    this.#camdiv = camdiv;
    this.#media = media;
    this.#notices = notices;
    byId('mute').addEventListener('click', () => void this.#toggleMute());
    byId('camera').addEventListener('click', () => void this.#toggleCamera());
    byId('screen').addEventListener('click', () => void this.#toggleScreen());
    if (!('getDisplayMedia' in (navigator.mediaDevices ?? {}))) byId('screen').classList.add('unavailable');
    this.render();
  }

  render() {
    const { audio, video, muted } = this.#media;
    this.#renderButton('mute', !audio || muted, 'mic', 'Mute microphone', 'Unmute microphone');
    this.#renderButton('camera', !video, 'video', 'Turn camera off', 'Turn camera on');
    const screen = byId('screen');
    screen.setAttribute('aria-pressed', String(this.#screen !== null));
    screen.setAttribute('aria-label', this.#screen ? 'Stop sharing screen' : 'Share screen');
    const together = this.#camdiv.state === 'connected' && this.#camdiv.match?.chat === 'video';
    /** @type {HTMLButtonElement} */ (screen).disabled = !together && this.#screen === null;
  }

  /** A screen is shown to one stranger, never carried over to the next. */
  endScreen() {
    this.#screen?.stop();
    this.#screen = null;
    this.render();
  }

  async #toggleMute() {
    if (this.#media.audio) {
      this.#media.setMuted(!this.#media.muted);
      return;
    }
    this.#media.setMuted(false);
    this.#tell(await this.#media.use({ audio: true, video: this.#media.video !== null }));
  }

  async #toggleCamera() {
    this.#tell(await this.#media.setCameraOff(this.#media.video !== null));
  }

  async #toggleScreen() {
    if (this.#screen) {
      this.#camdiv.setScreen(null);
      this.endScreen();
      return;
    }
    const room = this.#camdiv.match?.room;
    const track = await openScreen();
    if (!track) return;
    if (!room || this.#camdiv.match?.room !== room) {
      track.stop();
      return;
    }
    this.#screen = track;
    track.addEventListener('ended', () => {
      if (this.#screen !== track) return;
      this.#camdiv.setScreen(null);
      this.endScreen();
    });
    this.#camdiv.setScreen(track);
    this.render();
  }

  /** @param {import('../camdiv.js').MediaFailure[]} failures */
  #tell(failures) {
    if (failures.length > 0) this.#notices.show('media', mediaFailureWords(failures, true), { tone: 'problem', forMs: 12_000 });
    else this.#notices.clear('media');
  }

  /**
   * @param {string} id
   * @param {boolean} off
   * @param {string} icon
   * @param {string} turnOff
   * @param {string} turnOn
   */
  #renderButton(id, off, icon, turnOff, turnOn) {
    const button = byId(id);
    button.setAttribute('aria-pressed', String(off));
    button.setAttribute('aria-label', off ? turnOn : turnOff);
    setIcon(button, off ? `${icon}-off` : icon);
  }
}
