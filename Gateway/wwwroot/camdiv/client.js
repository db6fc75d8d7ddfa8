/** @import { CamdivLink, CamdivOptions, CamdivState, LeaveReason, LinkReason, Match, Path, StateReason, Wishes } from '../camdiv.js' */
/** @import { Slot } from './local-tracks.js' */
/** @import { CleanWishes } from './wishes.js' */
import { ConnectionMaker } from './connection-maker.js';
import { browserEnvironment } from './environment.js';
import { CamdivError } from './errors.js';
import { byteLength, encodeFrame } from './frames.js';
import { IceConfiguration, hasRelay } from './ice.js';
import { matchFrom } from './match.js';
import { watchNetwork } from './network-watch.js';
import { Outbox } from './outbox.js';
import { Reports } from './reports.js';
import { Room, maxText } from './room.js';
import { Sessions } from './sessions.js';
import { Signaling } from './signaling.js';
import { cleanWishes } from './wishes.js';

export { CamdivError };

const version = 'camdiv-web/1.0';
const requeueWaitMs = 1_500;
const startRetryMs = 3_000;
const relayPatienceMs = 1_500;
const defaultFrameBytes = 64 * 1024;

/** See `camdiv.d.ts`, which is the documentation of this class. */
export class Camdiv extends EventTarget {
  #environment;
  #sessions;
  #signaling;
  #ice;
  #maker;
  #reports;
  #outbox = new Outbox();
  /** @type {CamdivState} */
  #state = 'idle';
  /** @type {CleanWishes | null} what the user last asked for */
  #wishes = null;
  /** The user wants a stranger, or has one. */
  #wanting = false;
  /** The server has not confirmed the last `start`. */
  #startPending = false;
  /** The queue was left until a relay is at hand. */
  #outOfQueue = false;
  #relayAsks = 0;
  /** @type {Room | null} */
  #room = null;
  /** @type {string | null} the room left last: what a report or block after the fact is about */
  #lastRoom = null;
  /** @type {Partial<Record<Slot, MediaStreamTrack | null>>} */
  #tracks = {};
  #maxFrameBytes = defaultFrameBytes;
  /** @type {unknown} */
  #startTimer = null;
  /** @type {(() => void) | null} */
  #unwatchNetwork = null;

  /** @param {CamdivOptions} [options] */
  constructor(options = {}) {
    super();
    const environment = browserEnvironment(options.environment);
    this.#environment = environment;
    this.#sessions = new Sessions(environment);
    this.#ice = new IceConfiguration({
      environment,
      url: options.iceUrl ?? '/ice-servers',
      fallback: options.fallbackIceServers,
      session: () => this.#sessions.current(),
    });
    this.#maker = new ConnectionMaker({
      environment,
      ice: this.#ice,
      prepare: options.prepare ?? true,
      onLate: () => this.#warm(),
    });
    this.#maker.relayOnly = options.relayOnly ?? false;
    this.#reports = new Reports(environment);
    this.#signaling = new Signaling({
      environment,
      sessions: this.#sessions,
      url: options.url ?? defaultUrl(),
      client: options.client ?? version,
      handlers: {
        room: () => this.match?.room ?? null,
        welcome: (welcome) => this.#onWelcome(welcome),
        message: (message) => this.#onMessage(message),
        frame: (room, payload) => this.#onFrame(room, payload),
        link: (link, reason, retryInMs) => this.#onLink(link, reason, retryInMs),
      },
    });
  }

  get state() {
    return this.#state;
  }

  get link() {
    return this.#signaling.link;
  }

  get match() {
    return this.#room?.match ?? null;
  }

  get user() {
    return this.#sessions.current()?.user ?? null;
  }

  get relayOnly() {
    return this.#maker.relayOnly;
  }

  connect() {
    this.#unwatchNetwork ??= watchNetwork(this.#environment, () => this.#onNetworkChange());
    this.#signaling.connect();
  }

  close() {
    this.stop();
    this.#unwatchNetwork?.();
    this.#unwatchNetwork = null;
    this.#signaling.close();
  }

  refresh() {
    this.#signaling.refresh();
  }

  forget() {
    this.stop();
    this.#lastRoom = null;
    return this.#signaling.forget();
  }

  /** @param {Wishes} wishes */
  start(wishes) {
    const clean = cleanWishes(wishes);
    const known = this.#ice.peek();
    if (this.relayOnly && clean.chat !== 'text' && known && !known.relay) {
      throw new CamdivError('relay-unavailable', 'relayOnly is set, but the server has no TURN relay configured');
    }
    this.#wishes = clean;
    this.#wanting = true;
    this.#search('user');
  }

  next() {
    if (!this.#wishes) throw new CamdivError('bad-argument', 'start first');
    this.start(this.#wishes);
  }

  stop() {
    if (!this.#wanting && !this.#room) return;
    this.#wanting = false;
    this.#leaveRoom();
    this.#maker.cool();
    this.#control({ type: 'stop' });
    this.#setState('idle', 'user');
  }

  /**
   * @param {'audio' | 'video'} kind
   * @param {MediaStreamTrack | null} track
   */
  setTrack(kind, track) {
    this.#tracks[kind] = track;
    this.#room?.setTrack(kind, track);
  }

  /** @param {MediaStreamTrack | null} track */
  setScreen(track) {
    this.#room?.setTrack('screen', track);
  }

  announceMedia() {
    this.#room?.announceMedia();
  }

  /** @param {string} text */
  sendText(text) {
    if (!this.#room) throw new CamdivError('not-in-room', 'there is nobody to send to');
    if (text.trim() === '') throw new CamdivError('bad-argument', 'the text is empty');
    if (text.length > maxText) throw new CamdivError('too-long', `a text has at most ${maxText} characters`);
    this.#room.sendText(text);
  }

  /** @param {boolean} typing */
  setTyping(typing) {
    this.#room?.setTyping(typing);
  }

  /**
   * @param {string} reason
   * @returns {Promise<string>}
   */
  async report(reason) {
    const room = this.match?.room ?? this.#lastRoom;
    const clean = reason.trim();
    if (!room) throw new CamdivError('not-in-room', 'there is nobody to report');
    if (clean === '' || clean.length > 500) throw new CamdivError('bad-argument', 'a reason has 1 to 500 characters');
    const answer = this.#reports.expect();
    this.#control({ type: 'report', room, reason: clean }, true);
    return answer;
  }

  block() {
    const room = this.match?.room ?? this.#lastRoom;
    if (!room) throw new CamdivError('not-in-room', 'there is nobody to block');
    this.#control({ type: 'block', room }, true);
    if (!this.#room) return;
    this.#wanting = false;
    this.#leaveRoom();
    this.#setState('idle', 'user');
  }

  /** @param {boolean} relayOnly */
  setRelayOnly(relayOnly) {
    if (relayOnly === this.relayOnly) return;
    this.#maker.relayOnly = relayOnly;
    this.#maker.cool();
    this.#warm();
  }

  /** @param {StateReason} reason */
  #search(reason) {
    this.#leaveRoom();
    this.#setState('searching', reason);
    this.#sendStart();
    this.#warm();
  }

  #sendStart() {
    if (!this.#wishes) return;
    this.#startPending = true;
    this.#environment.clearTimeout(this.#startTimer);
    this.#outOfQueue = false;
    this.#relayAsks += 1;
    // Not kept in the outbox: what to ask for after a reconnection depends on what the welcome says.
    this.#signaling.send({ type: 'start', ...this.#wishes });
    if (this.#lacksRelay() && this.#signaling.open) void this.#insistOnRelay();
  }

  /** A match would be wasted on both: without a relay this user's side has no route to offer. */
  #lacksRelay() {
    return this.relayOnly && this.#wishes?.chat !== 'text' && !this.#ice.atHand().relay;
  }

  /** The server gives a relay only to those who search, and this user must not be matched without: so the wait is short. */
  async #insistOnRelay() {
    const ask = this.#relayAsks;
    const over = () => ask !== this.#relayAsks || !this.#wanting || !this.#lacksRelay();
    const asked = this.#ice.get();
    const early = await Promise.race([asked, new Promise((resolve) => {
      this.#environment.setTimeout(() => resolve(null), relayPatienceMs);
    })]);
    if (over()) return;
    if (!early?.complete) this.#leaveQueue();
    const answer = await asked;
    const server = answer.complete ? answer : await answer.late;
    if (ask !== this.#relayAsks || !this.#wanting) return;
    this.#tellRelay(server ?? answer);
    if (server && !server.relay) {
      this.stop();
      this.#emit('error', { code: 'relay-unavailable', message: 'the server has no TURN relay configured', fatal: false });
    } else if (this.#outOfQueue) {
      const pause = server ? 0 : startRetryMs;
      this.#startTimer = this.#environment.setTimeout(() => this.#sendStart(), pause);
    }
  }

  #leaveQueue() {
    this.#leaveRoom();
    this.#outOfQueue = true;
    this.#startPending = true;
    this.#signaling.send({ type: 'stop' });
    this.#setState('searching', 'server');
  }

  /** Idle visitors ask for nothing, and would be given nothing: routes, which may cost a relay, are for those who search. */
  #warm() {
    if (!this.user || this.#room || this.#wishes?.chat === 'text') return;
    if (!this.#wanting) this.#tellRelay();
    if (!this.#wanting || this.#outOfQueue || !this.#signaling.open) return;
    void this.#maker.warm().then(() => this.#tellRelay());
  }

  #leaveRoom() {
    this.#environment.clearTimeout(this.#startTimer);
    if (!this.#room) return;
    this.#lastRoom = this.#room.match.room;
    this.#room.close();
    this.#room = null;
  }

  /** @param {Match} match */
  #enterRoom(match) {
    this.#leaveRoom();
    this.#signaling.send({ type: 'ack', room: match.room });
    this.#startPending = false;
    const { audio, video } = this.#tracks;
    const room = new Room({
      environment: this.#environment,
      match,
      maker: this.#maker,
      ice: this.#ice,
      tracks: { audio, video },
      handlers: {
        relay: (payload) => this.#relay(match.room, payload),
        lineOpen: () => this.#signaling.open,
        state: (state) => this.#onCallState(state),
        firstPath: (path) => this.#onFirstPath(match.room, path),
        giveUp: (reason) => this.#search(reason),
        ice: (answer) => this.#tellRelay(answer),
        emit: (type, detail) => this.#emit(type, detail),
      },
    });
    this.#room = room;
    // The offer is on its way before any listener spends time on drawing.
    if (match.chat !== 'text') room.beginCall();
    this.#setState('connecting', 'server');
    this.#emit('matched', match);
    // A listener may have left the room by now.
    if (match.chat === 'text' && this.#room === room) this.#setState('connected', 'server');
  }

  /** @param {'connected' | 'reconnecting'} state */
  #onCallState(state) {
    if (state === 'connected' || this.#state === 'connected') this.#setState(state, 'server');
  }

  /**
   * @param {string} room
   * @param {Path} path
   */
  #onFirstPath(room, { candidate, protocol, ms }) {
    this.#control({ type: 'connected', room, candidate, protocol, ms: Math.max(0, Math.round(ms)) }, true);
  }

  /** @param {Record<string, any>} welcome */
  #onWelcome(welcome) {
    if (Number.isFinite(welcome.maxFrameBytes)) this.#maxFrameBytes = welcome.maxFrameBytes;
    const match = matchFrom(welcome.match);
    const wasIn = this.match;
    if (wasIn && match?.room === wasIn.room) {
      for (const frame of this.#outbox.take(wasIn.room)) this.#signaling.sendRaw(frame);
      this.#room?.onResumed();
      return;
    }
    for (const frame of this.#outbox.take(null)) this.#signaling.sendRaw(frame);
    if (!this.#wanting) {
      if (welcome.state !== 'idle') this.#signaling.send({ type: 'stop' });
    } else if (match && match.room !== this.#lastRoom) {
      if (wasIn) this.#tellLeft(wasIn.room, 'gone');
      this.#enterRoom(match);
    } else if (wasIn) {
      this.#onPeerLeft(wasIn.room, 'gone', welcome.state === 'searching');
    } else if (welcome.state !== 'searching' || this.#startPending) {
      this.#sendStart();
      this.#setState('searching', 'link-restored');
    }
    this.#warm();
  }

  /** @param {Record<string, any>} message */
  #onMessage(message) {
    switch (message.type) {
      case 'searching': return this.#onSearching(message);
      case 'matched': return this.#onMatched(message);
      case 'peer-left': return this.#onPeerLeft(message.room, message.reason, false);
      case 'peer-away': return this.#onPeerPresence(message.room, true);
      case 'peer-back': return this.#onPeerPresence(message.room, false);
      case 'reported': return this.#reports.confirmed(String(message.id));
      case 'error': return this.#onError(message);
      default: return undefined;
    }
  }

  /** @param {Record<string, any>} message */
  #onSearching({ chat, waiting, requeued }) {
    if (!this.#wanting) return;
    this.#startPending = false;
    this.#leaveRoom();
    this.#setState('searching', requeued ? 'requeued' : 'server');
    this.#warm();
    this.#emit('searching', { chat, waiting: Number.isFinite(waiting) ? waiting : 1, requeued: requeued === true });
  }

  /** @param {Record<string, any>} message */
  #onMatched(message) {
    const match = matchFrom(message);
    // A match that crossed a `stop` on the way: the server leaves that room when the `stop` arrives.
    if (match && this.#wanting && !this.#outOfQueue) this.#enterRoom(match);
  }

  /**
   * @param {string} room
   * @param {LeaveReason} reason
   * @param {boolean} queued the server has put this user back in the queue already
   */
  #onPeerLeft(room, reason, queued) {
    if (room !== this.match?.room) return;
    const hadTalk = this.#state === 'connected';
    const mending = this.#state === 'reconnecting';
    this.#leaveRoom();
    if (hadTalk && !queued && reason !== 'unresponsive') {
      this.#wanting = false;
      this.#setState('idle', 'peer-left');
      this.#tellLeft(room, reason);
      return;
    }
    this.#setState('searching', mending ? 'connection-lost' : 'peer-left');
    this.#tellLeft(room, reason);
    if (queued || !this.#wanting) return;
    if (reason !== 'unresponsive') this.#sendStart();
    // `searching` follows if the stranger was the silent one; if it was this side, it has to ask again.
    else this.#startTimer = this.#environment.setTimeout(() => this.#sendStart(), requeueWaitMs);
  }

  /**
   * @param {string} room
   * @param {LeaveReason} reason
   */
  #tellLeft(room, reason) {
    this.#emit('peer-left', { room, reason });
  }

  /**
   * @param {string} room
   * @param {boolean} away
   */
  #onPeerPresence(room, away) {
    if (room !== this.match?.room) return;
    this.#room?.setAway(away);
    this.#emit(away ? 'peer-away' : 'peer-back', { room });
  }

  /** @param {Record<string, any>} message */
  #onError({ code, message, fatal }) {
    if (!fatal && this.#reports.pending && (code === 'not-in-room' || code === 'rate-limited' || code === 'unavailable')) {
      this.#reports.refused(new CamdivError(code, String(message)));
    }
    const busy = code === 'unavailable' || code === 'rate-limited' || code === 'too-many-sessions';
    if (busy && !fatal && this.#startPending && this.#wanting) {
      this.#startTimer = this.#environment.setTimeout(() => this.#sendStart(), startRetryMs);
    }
    this.#emit('error', { code: String(code), message: String(message ?? ''), fatal: fatal === true });
  }

  /**
   * @param {string} room
   * @param {Record<string, any>} payload
   */
  #onFrame(room, payload) {
    if (room === this.match?.room) this.#room?.receive(payload);
  }

  /**
   * @param {CamdivLink} link
   * @param {LinkReason | null} reason
   * @param {number | null} retryInMs
   */
  #onLink(link, reason, retryInMs) {
    if (link === 'stopped') {
      this.#wanting = false;
      this.#leaveRoom();
      this.#maker.cool();
      this.#setState('idle', reason === 'replaced' ? 'replaced' : 'misuse');
    }
    this.#room?.onSignalingChange();
    this.#emit('link', { link, reason, retryInMs });
  }

  #onNetworkChange() {
    this.#maker.cool();
    this.#warm();
    this.#signaling.refresh();
    this.#room?.onNetworkChange();
  }

  /**
   * @param {string} room
   * @param {Record<string, unknown>} payload
   */
  #relay(room, payload) {
    if (room !== this.match?.room) return;
    const frame = encodeFrame(room, payload);
    if (byteLength(frame) > this.#maxFrameBytes) {
      throw new CamdivError('too-long', `a frame has at most ${this.#maxFrameBytes} bytes`);
    }
    if (!this.#signaling.sendRaw(frame)) this.#outbox.push(room, frame);
  }

  /**
   * @param {Record<string, unknown>} message
   * @param {boolean} [keep] send it after a reconnection if the line is down
   */
  #control(message, keep = false) {
    if (!this.#signaling.send(message) && keep) this.#outbox.push(null, JSON.stringify(message));
  }

  /** @param {import('./ice.js').IceAnswer | null} [answer] */
  #tellRelay(answer = this.#ice.peek()) {
    if (answer) this.#emit('relay', { relay: hasRelay(answer.iceServers), complete: answer.complete });
  }

  /**
   * @param {CamdivState} state
   * @param {StateReason} reason
   */
  #setState(state, reason) {
    if (state === this.#state) return;
    const previous = this.#state;
    this.#state = state;
    this.#emit('state', { state, previous, reason });
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function defaultUrl() {
  const page = new URL('/ws', globalThis.location.href);
  page.protocol = page.protocol === 'https:' ? 'wss:' : 'ws:';
  return page.href;
}
