/** @import { ChatType } from '../camdiv.js' */
/** @import { DevicePickers } from './device-pickers.js' */
/** @import { LocalMedia } from './local-media.js' */
/** @import { Notices } from './notices.js' */
import { byId, setIcon } from './dom.js';
import { VoicePicture, allowAudioPictures } from './voice-picture.js';
import { mediaFailureWords } from './words.js';

/** The place before the call: a look at oneself, and the devices to choose from. */
export class Lobby {
  #media;
  #notices;
  #pickers;
  #video = /** @type {HTMLVideoElement} */ (byId('preview-video'));
  #canvas = /** @type {HTMLCanvasElement} */ (byId('preview-voice'));
  #voice = new VoicePicture(this.#canvas);
  /** @type {ChatType} */
  #chat = 'video';

  /** @param {{ media: LocalMedia, notices: Notices, pickers: DevicePickers }} parts */
  constructor({ media, notices, pickers }) {
    this.#media = media;
    this.#notices = notices;
    this.#pickers = pickers;
    media.addEventListener('change', () => this.render());
    byId('preview-on').addEventListener('click', () => void this.#turnOn());
    byId('lobby-mic').addEventListener('click', () => media.setMuted(!media.muted));
    byId('lobby-camera').addEventListener('click', () => void media.setCameraOff(!media.cameraOff));
  }

  /** @param {ChatType} chat */
  async setChat(chat) {
    this.#chat = chat;
    const { audio, video } = this.#media;
    // Only what is on already goes on: choosing a kind of chat is no consent to a camera.
    if (audio || video) {
      if (chat === 'text') await this.#media.use({ audio: false, video: false });
      else await this.#media.use({ audio: true, video: chat === 'video' });
    }
    this.render();
  }

  /** Opens the preview by itself where the user has allowed that for good. */
  async openIfAllowed() {
    if (this.#chat === 'text' || !(await allowed('microphone'))) return;
    if (this.#chat === 'video' && !(await allowed('camera'))) return;
    await this.#turnOn();
  }

  render() {
    const { audio, video, muted, cameraOff } = this.#media;
    const shown = /** @type {MediaStream | null} */ (this.#video.srcObject)?.getVideoTracks()[0] ?? null;
    if (shown !== video) this.#video.srcObject = video && new MediaStream([video]);
    this.#video.hidden = !video || this.#chat !== 'video';
    this.#canvas.hidden = this.#chat !== 'audio' || !audio;
    if (this.#canvas.hidden) this.#voice.stop();
    else this.#voice.show(audio);
    byId('preview-empty').hidden = !this.#video.hidden || !this.#canvas.hidden;
    this.#renderEmpty(Boolean(audio), cameraOff);
    this.#renderTool('lobby-mic', Boolean(audio) && this.#chat !== 'text', muted, 'mic', 'Mute microphone', 'Unmute microphone');
    this.#renderTool('lobby-camera', (Boolean(video) || cameraOff) && this.#chat === 'video', cameraOff,
      'video', 'Turn camera off', 'Turn camera on');
  }

  leave() {
    this.#voice.stop();
    this.#video.srcObject = null;
  }

  /**
   * @param {boolean} audio
   * @param {boolean} cameraOff
   */
  #renderEmpty(audio, cameraOff) {
    const words = this.#chat === 'text' ? 'Text needs neither camera nor microphone.'
      : this.#chat === 'audio' ? 'Your microphone stays off until you say so.'
        : cameraOff ? 'Your camera is off.' : 'Your camera stays off until you say so.';
    byId('preview-words').textContent = words;
    byId('preview-on').hidden = this.#chat === 'text' || (cameraOff && audio);
    setIcon(byId('preview-empty'), this.#chat === 'text' ? 'text' : this.#chat === 'audio' ? 'mic' : 'video');
  }

  /**
   * @param {string} id
   * @param {boolean} visible
   * @param {boolean} off
   * @param {string} icon
   * @param {string} turnOff
   * @param {string} turnOn
   */
  #renderTool(id, visible, off, icon, turnOff, turnOn) {
    const button = byId(id);
    button.hidden = !visible;
    button.setAttribute('aria-pressed', String(off));
    button.setAttribute('aria-label', off ? turnOn : turnOff);
    setIcon(button, off ? `${icon}-off` : icon);
  }

  async #turnOn() {
    allowAudioPictures();
    const failures = await this.#media.use({ audio: true, video: this.#chat === 'video' });
    if (failures.length > 0) {
      this.#notices.show('media', mediaFailureWords(failures, failures.length === 1 && this.#chat === 'video'), { tone: 'problem' });
    } else {
      this.#notices.clear('media');
    }
    await this.#pickers.refresh();
  }
}

/** @param {string} name */
async function allowed(name) {
  try {
    const { state } = await navigator.permissions.query({ name: /** @type {PermissionName} */ (name) });
    return state === 'granted';
  } catch {
    return false;
  }
}
