/** @import { MediaFailure } from '../camdiv.js' */
import { openMedia } from '../camdiv.js';
import { loadPreferences } from './preferences.js';

/** @typedef {'audio' | 'video'} Kind */

/** The user's own camera and microphone. Fires `change`, and `lost` when a device goes away. */
export class LocalMedia extends EventTarget {
  /** @type {Record<Kind, MediaStreamTrack | null>} */
  #tracks = { audio: null, video: null };
  /** The user switched it off: it stays off in the next call, too. */
  muted = false;
  cameraOff = false;
  #queue = Promise.resolve();

  get audio() {
    return this.#tracks.audio;
  }

  get video() {
    return this.#tracks.video;
  }

  /**
   * Opens what is wanted and missing, closes what is not wanted.
   * @param {{ audio: boolean, video: boolean }} wanted
   * @returns {Promise<MediaFailure[]>}
   */
  use(wanted) {
    return this.#inTurn(async () => {
      if (!wanted.video) this.#replace('video', null);
      if (!wanted.audio) this.#replace('audio', null);
      return this.#open({
        audio: wanted.audio && !this.#live('audio'),
        video: wanted.video && !this.cameraOff && !this.#live('video'),
      });
    });
  }

  /** @param {boolean} muted */
  setMuted(muted) {
    this.muted = muted;
    if (this.#tracks.audio) this.#tracks.audio.enabled = !muted;
    this.#changed();
  }

  /**
   * Off means off: the device is released and its light goes out.
   * @param {boolean} off
   * @returns {Promise<MediaFailure[]>}
   */
  setCameraOff(off) {
    return this.#inTurn(async () => {
      this.cameraOff = off;
      if (off) {
        this.#replace('video', null);
        return [];
      }
      const failures = await this.#open({ audio: false, video: true });
      if (failures.length > 0) this.cameraOff = true;
      this.#changed();
      return failures;
    });
  }

  /**
   * Opens the device the user has chosen since.
   * @param {Kind} kind
   * @returns {Promise<MediaFailure[]>}
   */
  reopen(kind) {
    return this.#inTurn(async () => {
      if (!this.#live(kind)) return [];
      // Some cameras cannot be opened twice: the old one goes first.
      if (kind === 'video') this.#tracks.video?.stop();
      return this.#open({ audio: kind === 'audio', video: kind === 'video' });
    });
  }

  /**
   * @template T
   * @param {() => Promise<T>} step
   * @returns {Promise<T>}
   */
  #inTurn(step) {
    const turn = this.#queue.then(step);
    this.#queue = turn.then(() => {}, () => {});
    return turn;
  }

  /** @param {Record<Kind, boolean>} wanted */
  async #open({ audio, video }) {
    if (!audio && !video) return [];
    const { microphone, camera } = loadPreferences();
    const { stream, failures } = await openMedia({
      audio: audio && (microphone || true),
      video: video && (camera || true),
    });
    if (audio) this.#replace('audio', stream.getAudioTracks()[0] ?? null);
    if (video) this.#replace('video', stream.getVideoTracks()[0] ?? null);
    return failures;
  }

  /**
   * @param {Kind} kind
   * @param {MediaStreamTrack | null} track
   */
  #replace(kind, track) {
    const former = this.#tracks[kind];
    if (former === track) return;
    former?.stop();
    this.#tracks[kind] = track;
    if (track) {
      if (kind === 'audio') track.enabled = !this.muted;
      track.addEventListener('ended', () => this.#onEnded(kind, track));
    }
    this.#changed();
  }

  /**
   * @param {Kind} kind
   * @param {MediaStreamTrack} track
   */
  #onEnded(kind, track) {
    if (this.#tracks[kind] !== track) return;
    this.#replace(kind, null);
    this.dispatchEvent(new CustomEvent('lost', { detail: kind }));
  }

  /** @param {Kind} kind */
  #live(kind) {
    return this.#tracks[kind]?.readyState === 'live';
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
