/** @import { CamdivEnvironment, Match, Path, StateReason } from '../camdiv.js' */
/** @import { ConnectionMaker, MadeConnection } from './connection-maker.js' */
/** @import { IceAnswer, IceConfiguration } from './ice.js' */
/** @import { Slot } from './local-tracks.js' */
import { PeerSession } from './peer-session.js';

const maxEarlyFrames = 128;
export const maxText = 4_000;

/**
 * @typedef {object} RoomHandlers
 * @property {(payload: Record<string, unknown>) => void} relay sends to the stranger
 * @property {() => boolean} lineOpen
 * @property {(state: 'connected' | 'reconnecting') => void} state
 * @property {(path: Path) => void} firstPath media flows for the first time
 * @property {(reason: Extract<StateReason, 'connection-lost' | 'never-connected'>) => void} giveUp
 * @property {(answer: IceAnswer) => void} ice
 * @property {(type: string, detail: unknown) => void} emit
 */

/**
 * @typedef {object} RoomOptions
 * @property {CamdivEnvironment} environment
 * @property {Match} match
 * @property {ConnectionMaker} maker
 * @property {IceConfiguration} ice
 * @property {Partial<Record<Slot, MediaStreamTrack | null>>} tracks the user's camera and microphone
 * @property {RoomHandlers} handlers
 */

/** One stranger, from `matched` until either leaves: the talk, and the call where there is one. */
export class Room {
  #options;
  #handlers;
  #matchedAt;
  /** @type {Partial<Record<Slot, MediaStreamTrack | null>>} */
  #tracks;
  /** @type {PeerSession | null} */
  #peer = null;
  /** @type {Record<string, any>[]} what came before the connection was made */
  #early = [];
  #away = false;
  #typingSent = false;
  #pathSeen = false;
  /** The last word on what is on; not repeated unless it may have been lost. */
  #announced = '';
  #closed = false;

  /** @param {RoomOptions} options */
  constructor(options) {
    this.#options = options;
    this.#handlers = options.handlers;
    this.#matchedAt = options.environment.now();
    this.#tracks = { ...options.tracks };
  }

  get match() {
    return this.#options.match;
  }

  /** Not for text chats: a connection would show this user's address to the stranger. */
  beginCall() {
    const { maker } = this.#options;
    const ready = maker.takeReady();
    if (ready) this.#call(ready);
    else void maker.take().then((made) => this.#call(made));
  }

  /** @param {Record<string, any>} payload from the stranger: to be trusted in nothing */
  receive(payload) {
    if (typeof payload.text === 'string') this.#handlers.emit('text', { text: payload.text.slice(0, maxText) });
    if (typeof payload.typing === 'boolean') this.#handlers.emit('typing', { typing: payload.typing });
    if (this.match.chat === 'text') return;
    if (this.#peer) this.#peer.receive(payload);
    else if (this.#early.length < maxEarlyFrames) this.#early.push(payload);
    if (payload.media !== null && typeof payload.media === 'object') {
      const { audio, video, screen } = payload.media;
      const media = { audio: audio === true, video: video === true, screen: typeof screen === 'string' };
      this.#handlers.emit('peer-media', media);
    }
  }

  /**
   * @param {Slot} slot
   * @param {MediaStreamTrack | null} track
   */
  setTrack(slot, track) {
    if (slot !== 'audio' && this.match.chat !== 'video') return;
    if ((this.#tracks[slot] ?? null) === track) return;
    this.#tracks[slot] = track;
    // Told first, so that the stranger knows a screen for what it is when it arrives.
    this.announceMedia();
    this.#peer?.setTrack(slot, track);
  }

  announceMedia() {
    if (this.match.chat === 'text') return;
    const { audio, video, screen } = this.#tracks;
    const on = (/** @type {MediaStreamTrack | null | undefined} */ track) => track?.enabled === true;
    const media = {
      audio: on(audio),
      video: this.match.chat === 'video' && on(video),
      screen: screen && this.#peer ? this.#peer.screenId : false,
    };
    if (this.#announced === JSON.stringify(media)) return;
    this.#announced = JSON.stringify(media);
    this.#handlers.relay({ media });
  }

  /** @param {string} text */
  sendText(text) {
    this.#handlers.relay({ text });
    this.#typingSent = false;
  }

  /** @param {boolean} typing */
  setTyping(typing) {
    if (typing === this.#typingSent) return;
    this.#typingSent = typing;
    this.#handlers.relay({ typing });
  }

  /** @param {boolean} away whether the stranger's line to the server is down */
  setAway(away) {
    this.#away = away;
    this.#peer?.onSignalingChange();
  }

  onResumed() {
    this.#announced = '';
    this.announceMedia();
    this.#peer?.onResumed();
  }

  onSignalingChange() {
    this.#peer?.onSignalingChange();
  }

  onNetworkChange() {
    this.#peer?.onNetworkChange();
  }

  close() {
    this.#closed = true;
    this.#peer?.close();
    this.#peer = null;
  }

  /** @param {MadeConnection} made */
  #call(made) {
    if (this.#closed) {
      made.connection.close();
      return;
    }
    const { environment, ice, maker, match } = this.#options;
    const { audio, video } = this.#tracks;
    const handlers = this.#handlers;
    handlers.ice(made.answer);
    this.#peer = new PeerSession({
      ...made,
      environment,
      match,
      matchedAt: this.#matchedAt,
      ice,
      relayOnly: maker.relayOnly,
      tracks: match.chat === 'video' ? { audio, video } : { audio },
      handlers: {
        send: handlers.relay,
        canSignal: () => handlers.lineOpen() && !this.#away,
        state: (state) => this.#onConnectionState(state),
        stream: (kind, stream) => handlers.emit('stream', { kind, stream }),
        path: (path) => this.#onPath(path),
        quality: (quality) => handlers.emit('quality', quality),
        recovering: (cause, attempt) => handlers.emit('recovering', { cause, attempt }),
        giveUp: handlers.giveUp,
        ice: handlers.ice,
        fault: (error) => handlers.emit('error', { code: 'negotiation', message: String(error), fatal: false }),
      },
    });
    this.announceMedia();
    for (const payload of this.#early.splice(0)) this.#peer?.receive(payload);
  }

  /** @param {RTCPeerConnectionState} state */
  #onConnectionState(state) {
    if (state === 'connected') this.#handlers.state('connected');
    else if (state === 'disconnected' || state === 'failed') this.#handlers.state('reconnecting');
  }

  /** @param {Path} path */
  #onPath(path) {
    this.#handlers.emit('path', path);
    if (this.#pathSeen) return;
    this.#pathSeen = true;
    this.#handlers.firstPath(path);
  }
}
