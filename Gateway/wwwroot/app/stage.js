/** @import { ChatType, Match, PeerMedia } from '../camdiv.js' */
import { byId, create } from './dom.js';
import { VoicePicture } from './voice-picture.js';

/** Pictures and voices of the call. */
export class Stage {
  #home = byId('stage');
  #remote = /** @type {HTMLVideoElement} */ (byId('remote-video'));
  #screen = /** @type {HTMLVideoElement} */ (byId('remote-screen'));
  #audio = /** @type {HTMLAudioElement} */ (byId('remote-audio'));
  #local = /** @type {HTMLVideoElement} */ (byId('local-video'));
  #unblock = byId('unblock');
  #remoteVoice = new VoicePicture(/** @type {HTMLCanvasElement} */ (byId('remote-voice')));
  #localVoice = new VoicePicture(/** @type {HTMLCanvasElement} */ (byId('local-voice')));
  /** @type {ChatType} */
  #chat = 'video';
  #onFirstFrame;

  /** @param {{ onFirstFrame: () => void }} handlers called once per stranger, when their first picture is shown */
  constructor({ onFirstFrame }) {
    this.#onFirstFrame = onFirstFrame;
    this.#unblock.addEventListener('click', () => void this.#play());
  }

  /** @param {ChatType} chat */
  setChat(chat) {
    this.#chat = chat;
    byId('remote-voice').hidden = chat !== 'audio';
    byId('local-voice').hidden = chat !== 'audio';
    this.#remote.hidden = chat !== 'video';
    this.#local.hidden = chat !== 'video';
  }

  /**
   * @param {MediaStreamTrack | null} video
   * @param {MediaStreamTrack | null} audio
   */
  showSelf(video, audio) {
    const shown = /** @type {MediaStream | null} */ (this.#local.srcObject)?.getVideoTracks()[0] ?? null;
    if (shown !== video) this.#local.srcObject = video && new MediaStream([video]);
    this.#home.dataset.self = this.#chat === 'video' && !video ? 'off' : 'on';
    if (this.#chat === 'audio') this.#localVoice.show(audio);
  }

  /** @param {Match} match */
  begin(match) {
    this.clear();
    this.setChat(match.chat);
    const common = byId('common');
    common.replaceChildren(...match.common.map((interest) => create('li', 'tag', interest)));
    common.hidden = match.common.length === 0;
    if (match.chat === 'video') this.#remote.requestVideoFrameCallback?.(() => this.#onFirstFrame());
  }

  /**
   * @param {'camera' | 'screen'} kind
   * @param {MediaStream | null} stream
   */
  show(kind, stream) {
    if (kind === 'screen') {
      this.#screen.srcObject = stream;
      this.#screen.hidden = stream === null;
      this.#home.dataset.layout = stream ? 'screen' : 'camera';
      return;
    }
    const element = this.#chat === 'video' ? this.#remote : this.#audio;
    if (element.srcObject !== stream) element.srcObject = stream;
    if (this.#chat === 'audio') this.#remoteVoice.show(stream?.getAudioTracks()[0] ?? null);
    void this.#play();
  }

  /** @param {PeerMedia} media */
  showPeerMedia({ audio, video }) {
    const missing = this.#chat === 'video' && !video;
    this.#home.dataset.peerVideo = missing ? 'off' : 'on';
    const words = missing && !audio ? 'Camera and microphone are off' : missing ? 'Camera is off' : audio ? '' : 'Muted';
    byId('peer-media').textContent = words;
    byId('peer-media').hidden = words === '';
  }

  /** @param {string} words */
  setWaitingWords(words) {
    byId('waiting-words').textContent = words;
  }

  clear() {
    for (const element of [this.#remote, this.#screen, this.#audio]) element.srcObject = null;
    this.#screen.hidden = true;
    this.#home.dataset.layout = 'camera';
    this.#home.dataset.peerVideo = 'on';
    this.#unblock.hidden = true;
    this.#remoteVoice.stop();
    byId('peer-media').hidden = true;
    byId('common').hidden = true;
  }

  /** The user's own picture, too. */
  end() {
    this.clear();
    this.#localVoice.stop();
    this.#local.srcObject = null;
  }

  /** @param {string} speaker device id */
  async setSpeaker(speaker) {
    for (const element of [this.#remote, this.#audio]) {
      try {
        await /** @type {any} */ (element).setSinkId?.(speaker);
      } catch {
        // A speaker that is gone: the browser goes on with the default one.
      }
    }
  }

  async #play() {
    const element = this.#chat === 'video' ? this.#remote : this.#audio;
    try {
      await element.play();
      this.#unblock.hidden = true;
    } catch (error) {
      this.#unblock.hidden = !(error instanceof DOMException && error.name === 'NotAllowedError');
    }
  }
}
