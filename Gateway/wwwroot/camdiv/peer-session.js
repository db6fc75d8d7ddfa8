/** @import { CamdivEnvironment, Match, Path, Quality, RecoveryCause } from '../camdiv.js' */
/** @import { IceAnswer, IceConfiguration } from './ice.js' */
/** @import { Slot } from './local-tracks.js' */
import { CallMonitor } from './call-monitor.js';
import { connectionConfiguration } from './connection-maker.js';
import { LocalTracks } from './local-tracks.js';
import { Negotiation } from './negotiation.js';
import { Recovery } from './recovery.js';
import { RemoteMedia } from './remote-media.js';

const restartGapMs = 2_000;

/**
 * @typedef {object} PeerSessionHandlers
 * @property {(payload: Record<string, unknown>) => void} send
 * @property {() => boolean} canSignal
 * @property {(state: RTCPeerConnectionState) => void} state
 * @property {(kind: 'camera' | 'screen', stream: MediaStream | null) => void} stream
 * @property {(path: Path) => void} path
 * @property {(quality: Quality) => void} quality
 * @property {(cause: RecoveryCause, attempt: number) => void} recovering
 * @property {(reason: 'connection-lost' | 'never-connected') => void} giveUp
 * @property {(answer: IceAnswer) => void} ice the configuration in use changed
 * @property {(error: unknown) => void} fault the browser refused a step of the negotiation
 */

/**
 * @typedef {object} PeerSessionOptions
 * @property {CamdivEnvironment} environment
 * @property {Match} match
 * @property {number} matchedAt
 * @property {RTCPeerConnection} connection
 * @property {IceAnswer} answer the ICE configuration the connection was made with
 * @property {IceConfiguration} ice
 * @property {boolean} relayOnly
 * @property {number} poolSize
 * @property {Partial<Record<Slot, MediaStreamTrack | null>>} tracks
 * @property {PeerSessionHandlers} handlers
 */

/** The media half of one match: one RTCPeerConnection from first offer to hang-up. */
export class PeerSession {
  #options;
  #connection;
  #handlers;
  #negotiation;
  #recovery;
  #monitor;
  #local;
  #remote;
  #answer;
  /** @type {number | null} */
  #connectedAfterMs = null;
  #lastRestart = -Infinity;
  #closed = false;

  /** @param {PeerSessionOptions} options */
  constructor(options) {
    const { environment, connection, match, handlers } = options;
    this.#options = options;
    this.#connection = connection;
    this.#handlers = handlers;
    this.#answer = options.answer;
    this.#local = new LocalTracks(connection, environment.MediaStream);
    this.#remote = new RemoteMedia(environment, handlers.stream);
    this.#monitor = new CallMonitor({
      connection,
      environment,
      onPath: ({ candidate, protocol, relayed }) => {
        if (!this.#closed) handlers.path({ candidate, protocol, relayed, ms: this.#connectedAfterMs ?? 0 });
      },
      onQuality: (quality) => { if (!this.#closed) handlers.quality(quality); },
    });
    this.#negotiation = new Negotiation({
      environment,
      connection,
      initiator: match.initiator,
      send: handlers.send,
      fault: handlers.fault,
      beforeRestart: () => this.#freshenForAnswer(),
    });
    this.#recovery = new Recovery({
      environment,
      handlers: {
        canSignal: handlers.canSignal,
        restart: (cause, attempt) => {
          handlers.recovering(cause, attempt);
          void this.#restart();
        },
        giveUp: handlers.giveUp,
      },
    });
    connection.ontrack = (event) => this.#onTrack(event);
    connection.onconnectionstatechange = () => this.#onState();
    for (const [slot, track] of Object.entries(options.tracks)) {
      if (track) void this.#local.set(/** @type {Slot} */ (slot), track);
    }
    this.#awaitLate(options.answer);
    if (match.initiator) {
      this.#local.expect(match.chat === 'video' ? ['audio', 'video'] : ['audio']);
      void this.#try(this.#negotiation.offer());
    }
  }

  /** Stream id under which a screen of this side is sent. */
  get screenId() {
    return this.#local.screenId;
  }

  get connected() {
    return this.#connection.connectionState === 'connected';
  }

  /**
   * @param {Slot} slot
   * @param {MediaStreamTrack | null} track
   */
  setTrack(slot, track) {
    void this.#try(this.#local.set(slot, track));
  }

  /** @param {Record<string, any>} payload */
  receive(payload) {
    if (payload.description) void this.#try(this.#negotiation.onDescription(payload));
    if (payload.candidate) void this.#negotiation.onCandidate(payload.candidate);
    if (payload.turn) this.#negotiation.onTurn(payload.turn);
    if (payload.restart === true) this.#onRestartRequest();
    if (payload.media) {
      this.#remote.announceScreen(typeof payload.media.screen === 'string' ? payload.media.screen : null);
    }
  }

  /** The line is back in the same room. */
  onResumed() {
    this.#negotiation.resend();
    this.#recovery.onSignalingChange();
  }

  onSignalingChange() {
    this.#recovery.onSignalingChange();
  }

  onNetworkChange() {
    this.#recovery.onNetworkChange();
  }

  close() {
    this.#closed = true;
    this.#recovery.close();
    this.#monitor.close();
    this.#negotiation.close();
    this.#connection.ontrack = null;
    this.#connection.onconnectionstatechange = null;
    this.#connection.close();
  }

  #onState() {
    const state = this.#connection.connectionState;
    if (state === 'connected') {
      this.#connectedAfterMs ??= this.#options.environment.now() - this.#options.matchedAt;
      this.#monitor.onConnected();
    }
    this.#handlers.state(state);
    if (!this.#closed) this.#recovery.onState(state);
  }

  /** @param {RTCTrackEvent} event */
  #onTrack({ track, transceiver, streams }) {
    if (track.kind === 'video' && this.#options.match.chat !== 'video') {
      // Who asked for voices only is not shown a picture.
      transceiver.direction = 'inactive';
      return;
    }
    this.#remote.add(track, streams[0]?.id ?? '');
  }

  async #restart() {
    this.#lastRestart = this.#options.environment.now();
    const answer = await this.#options.ice.get();
    if (this.#closed) return;
    this.#configure(answer);
    this.#awaitLate(answer);
    this.#regather();
  }

  /** New routes are agreed on: the initiator offers them, the other side asks for that. */
  #regather() {
    if (!this.#options.match.initiator) {
      this.#handlers.send({ restart: true });
      return;
    }
    this.#connection.restartIce();
    // While an offer is out, its loss may be the very reason; negotiationneeded would wait for its answer.
    if (this.#connection.signalingState === 'have-local-offer') void this.#try(this.#negotiation.offer());
  }

  #onRestartRequest() {
    if (!this.#options.match.initiator) return;
    if (this.#options.environment.now() - this.#lastRestart < restartGapMs) return;
    void this.#restart();
  }

  /** @returns {Promise<void> | null} what to wait for: with expired credentials the answer would gather no relay */
  #freshenForAnswer() {
    const { ice } = this.#options;
    const atHand = ice.atHand();
    const fresh = ice.peek() ? null : ice.get();
    if (atHand.complete) {
      this.#configure(atHand);
      void fresh?.then((answer) => this.#applyLate(answer));
      return null;
    }
    return fresh && fresh.then((answer) => {
      if (this.#closed) return;
      this.#configure(answer);
      this.#awaitLate(answer);
    });
  }

  /** @param {IceAnswer} answer */
  #awaitLate(answer) {
    void answer.late?.then((late) => this.#applyLate(late));
  }

  /** @param {IceAnswer | null} late */
  #applyLate(late) {
    if (!late || this.#closed) return;
    this.#configure(late);
    const gathered = this.#connection.localDescription !== null;
    if (!this.connected && gathered) this.#regather();
  }

  /** @param {IceAnswer} answer */
  #configure(answer) {
    const unchanged = JSON.stringify(answer.iceServers) === JSON.stringify(this.#answer.iceServers);
    this.#answer = answer;
    if (unchanged) return;
    const { relayOnly, poolSize } = this.#options;
    this.#connection.setConfiguration(connectionConfiguration(answer.iceServers, relayOnly, poolSize));
    this.#handlers.ice(answer);
  }

  /** @param {Promise<void>} step */
  async #try(step) {
    try {
      await step;
    } catch (error) {
      if (!this.#closed) this.#handlers.fault(error);
    }
  }
}
