/** @import { CamdivEnvironment } from '../camdiv.js' */

/** Sorts what arrives into the stranger's camera (with voice) and screen, by the stream id announced for the screen. */
export class RemoteMedia {
  #environment;
  #onChange;
  /** @type {{ track: MediaStreamTrack, stream: string }[]} */
  #arrived = [];
  /** @type {string | null} */
  #screenId = null;
  /** @type {MediaStream | null} */
  #camera = null;
  /** @type {MediaStream | null} */
  #screen = null;

  /**
   * @param {CamdivEnvironment} environment
   * @param {(kind: 'camera' | 'screen', stream: MediaStream | null) => void} onChange
   */
  constructor(environment, onChange) {
    this.#environment = environment;
    this.#onChange = onChange;
  }

  /**
   * @param {MediaStreamTrack} track
   * @param {string} stream id of the stream it came with, empty when none
   */
  add(track, stream) {
    this.#arrived = this.#arrived.filter((item) => item.track !== track);
    this.#arrived.push({ track, stream });
    this.#sort();
  }

  /** @param {string | null} id stream id of the stranger's screen share, null when there is none */
  announceScreen(id) {
    if (id === this.#screenId) return;
    this.#screenId = id;
    this.#sort();
  }

  #sort() {
    const screen = this.#arrived.filter((item) => item.stream !== '' && item.stream === this.#screenId);
    const camera = this.#arrived.filter((item) => !screen.includes(item) && !this.#formerScreen(item));
    this.#camera = this.#update('camera', this.#camera, camera.map((item) => item.track));
    this.#screen = this.#update('screen', this.#screen, screen.map((item) => item.track));
  }

  /** @param {{ track: MediaStreamTrack, stream: string }} item */
  #formerScreen(item) {
    const firstVideo = this.#arrived.find(({ track }) => track.kind === 'video');
    // A second picture is never the camera: either it is announced as the screen, or it is on its way in or out.
    return item.track.kind === 'video' && item !== firstVideo && item.stream !== firstVideo?.stream;
  }

  /**
   * @param {'camera' | 'screen'} kind
   * @param {MediaStream | null} stream
   * @param {MediaStreamTrack[]} tracks
   */
  #update(kind, stream, tracks) {
    const before = stream ? stream.getTracks() : [];
    if (before.length === tracks.length && tracks.every((track) => before.includes(track))) return stream;
    const next = tracks.length === 0 ? null : stream ?? new this.#environment.MediaStream();
    for (const track of before) if (!tracks.includes(track)) next?.removeTrack(track);
    for (const track of tracks) if (!before.includes(track)) next?.addTrack(track);
    this.#onChange(kind, next);
    return next;
  }
}
