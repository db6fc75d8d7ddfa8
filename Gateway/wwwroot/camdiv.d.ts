/**
 * Camdiv client: pairs this browser with a stranger for live video, audio or text.
 * It speaks the wire protocol `camdiv.v1` and has no dependencies.
 *
 * @example
 * const camdiv = new Camdiv();
 * const { stream } = await openMedia({ audio: true, video: true });
 * camdiv.setTrack('audio', stream.getAudioTracks()[0] ?? null);
 * camdiv.setTrack('video', stream.getVideoTracks()[0] ?? null);
 * camdiv.addEventListener('stream', ({ detail }) => { video.srcObject = detail.stream; });
 * camdiv.connect();
 * camdiv.start({ chat: 'video', interests: ['chess'] });
 */

export type ChatType = 'video' | 'audio' | 'text';

/** What the user is doing. `reconnecting`: the stranger is still there, the media path is being mended. */
export type CamdivState = 'idle' | 'searching' | 'connecting' | 'connected' | 'reconnecting';

/** The line to the server. A call goes on while it is anything but `stopped`. */
export type CamdivLink = 'offline' | 'connecting' | 'online' | 'draining' | 'waiting' | 'stopped';

/** Why the link is as it is: `replaced` and `misuse` stop it, the others lead to another try. */
export type LinkReason =
  | 'replaced' | 'misuse' | 'restart' | 'rate-limited' | 'slow-consumer' | 'late-hello' | 'too-large'
  | 'no-answer' | 'network' | 'lost' | 'session-over';

/** Why a state was entered. */
export type StateReason =
  | 'user' | 'server' | 'requeued' | 'peer-left' | 'connection-lost' | 'never-connected' | 'link-restored'
  | 'replaced' | 'misuse';

export type LeaveReason = 'next' | 'stop' | 'gone' | 'unresponsive' | 'blocked';

export interface Wishes {
  chat: ChatType;
  /** At most 10 are sent, each cut to 32 characters; blanks and repeats are dropped. */
  interests?: readonly string[];
  /** BCP 47 tags, at most 5 are sent. */
  languages?: readonly string[];
}

export interface Match {
  readonly room: string;
  /** Who this side is in this room, and nowhere else. */
  readonly self: string;
  /** Who the stranger is in this room; in another room the same person has another id. */
  readonly peer: string;
  readonly initiator: boolean;
  readonly chat: ChatType;
  /** Interests both sides named. */
  readonly common: readonly string[];
}

export type CandidateType = 'host' | 'srflx' | 'prflx' | 'relay';
export type CandidateProtocol = 'udp' | 'tcp' | 'tls';

/** The way the media takes. */
export interface Path {
  readonly candidate: CandidateType;
  readonly protocol: CandidateProtocol;
  /** True when either side goes through a TURN relay. */
  readonly relayed: boolean;
  /** Milliseconds from `matched` to the first time media could flow. */
  readonly ms: number;
}

export interface Quality {
  readonly level: 'good' | 'fair' | 'poor';
  /** Round trip in milliseconds, null while unknown. */
  readonly rttMs: number | null;
  /** Share of packets lost since the last sample, 0 to 1. */
  readonly loss: number;
}

export interface PeerMedia {
  readonly audio: boolean;
  readonly video: boolean;
  readonly screen: boolean;
}

export interface RelayAvailability {
  /** True when the configuration in use names at least one TURN server. */
  readonly relay: boolean;
  /** False while only the built-in STUN list is in use because the server has not answered. */
  readonly complete: boolean;
}

export interface CamdivEventMap {
  state: CustomEvent<{ state: CamdivState; previous: CamdivState; reason: StateReason }>;
  /** `retryInMs` is set with `waiting` and `draining`. */
  link: CustomEvent<{ link: CamdivLink; reason: LinkReason | null; retryInMs: number | null }>;
  /** `waiting`: people waiting for this chat type, this user included. */
  searching: CustomEvent<{ chat: ChatType; waiting: number; requeued: boolean }>;
  matched: CustomEvent<Match>;
  /** A remote stream exists or its tracks changed; `stream` null when the screen share ended. */
  stream: CustomEvent<{ kind: 'camera' | 'screen'; stream: MediaStream | null }>;
  path: CustomEvent<Path>;
  quality: CustomEvent<Quality>;
  text: CustomEvent<{ text: string }>;
  typing: CustomEvent<{ typing: boolean }>;
  'peer-media': CustomEvent<PeerMedia>;
  'peer-left': CustomEvent<{ room: string; reason: LeaveReason }>;
  /** The stranger's line to the server dropped, or came back; the call itself may go on. */
  'peer-away': CustomEvent<{ room: string }>;
  'peer-back': CustomEvent<{ room: string }>;
  /** The media path is being mended; `attempt` counts from 1 to 2. */
  recovering: CustomEvent<{ cause: RecoveryCause; attempt: number }>;
  /** Told once this user searches: the server gives its configuration to nobody else. */
  relay: CustomEvent<RelayAvailability>;
  /** An `error` message of the server; `relay-unavailable` and `negotiation` are the client's own. */
  error: CustomEvent<{ code: string; message: string; fatal: boolean }>;
}

export type RecoveryCause = 'failed' | 'disconnected' | 'network' | 'no-progress';

/** What the client takes from its surroundings; every part can be replaced, in tests above all. */
export interface CamdivEnvironment {
  WebSocket: typeof WebSocket;
  RTCPeerConnection: typeof RTCPeerConnection;
  MediaStream: typeof MediaStream;
  fetch: typeof fetch;
  /** Null where the browser denies storage: the identity then lasts as long as the page. */
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null;
  /** Null outside secure contexts: tabs then do not share requests. */
  locks: Pick<LockManager, 'request'> | null;
  /** Source of `online` and `storage` events. */
  events: EventTarget | null;
  /** `navigator.connection` where it exists. */
  connection: (EventTarget & { type?: string; effectiveType?: string }) | null;
  /** Milliseconds since the epoch. */
  now(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
  /** 0 up to, not including, 1. */
  random(): number;
}

export interface CamdivOptions {
  /** Default: `/ws` of the page's origin. */
  url?: string;
  /** Default: `/ice-servers` of the page's origin. */
  iceUrl?: string;
  /** Used while the server's ICE configuration is missing. Default: Google's and Cloudflare's STUN. */
  fallbackIceServers?: RTCIceServer[];
  /** Never show one's address to the stranger: TURN only. `start` throws where there is no TURN. Default false. */
  relayOnly?: boolean;
  /** Fetch the ICE configuration and gather candidates before the match. Default true. */
  prepare?: boolean;
  /** Name and version told to the server, at most 64 characters. */
  client?: string;
  environment?: Partial<CamdivEnvironment>;
}

export type CamdivErrorCode =
  | 'bad-argument' | 'not-in-room' | 'too-long' | 'relay-unavailable' | 'timeout' | 'closed' | 'rate-limited' | 'unavailable';

export class CamdivError extends Error {
  constructor(code: CamdivErrorCode, message: string);
  readonly code: CamdivErrorCode;
}

export class Camdiv extends EventTarget {
  constructor(options?: CamdivOptions);

  readonly state: CamdivState;
  readonly link: CamdivLink;
  /** The present match, null outside a room. */
  readonly match: Match | null;
  /** This person's id at the server, null before the first welcome. */
  readonly user: string | null;
  readonly relayOnly: boolean;

  /** Opens the line to the server and keeps it open. Takes the identity over from other tabs. Idempotent. */
  connect(): void;

  /** Ends everything: leaves queue and room and closes the line. `connect` opens it again. */
  close(): void;

  /**
   * Ends this identity: leaves queue and room, drops its blocks, and makes its session worthless. The line comes back by itself,
   * as somebody new. False when the line is down: the session is then forgotten here only.
   */
  forget(): boolean;

  /** Opens a new line at once, e.g. when the device wakes up; the call is not touched. */
  refresh(): void;

  /**
   * Looks for a stranger; in a room it leaves that first. Sent as soon as the line is open.
   * @throws {CamdivError} `bad-argument`; `relay-unavailable` when `relayOnly` is set and no TURN is configured;
   *   the first search is told so by an `error` event, for the server tells only those who search.
   */
  start(wishes: Wishes): void;

  /** The next stranger, with the wishes of the last `start`. @throws {CamdivError} `bad-argument` before any `start`. */
  next(): void;

  /** Leaves queue or room. Idempotent. */
  stop(): void;

  /** Sets or clears the camera or microphone; in a call it takes effect at once. The track stays the caller's. */
  setTrack(kind: 'audio' | 'video', track: MediaStreamTrack | null): void;

  /** Shares or ends sharing a screen beside the camera; video chats only, it ends with the room. */
  setScreen(track: MediaStreamTrack | null): void;

  /** Tells the stranger anew which tracks are on; to be called after changing `track.enabled`. */
  announceMedia(): void;

  /**
   * Sends a chat message of 1 to 4000 characters. Kept for a while when the line is down.
   * @throws {CamdivError} `not-in-room`, `too-long`, `bad-argument` when empty.
   */
  sendText(text: string): void;

  /** Tells the stranger that one is typing. Repeats are not sent. Ignored outside a room. */
  setTyping(typing: boolean): void;

  /**
   * Reports the present or the last stranger; resolves with the report's id.
   * @param reason 1 to 500 characters
   * Rejects with {CamdivError} `not-in-room`, `bad-argument`, `rate-limited` after too many a day, `unavailable` when the server has
   * no room for it, `timeout` after 10 s. A second report of the same room resolves with the first one's id.
   */
  report(reason: string): Promise<string>;

  /** Never match with the present or last stranger again; leaves the room. @throws {CamdivError} `not-in-room`. */
  block(): void;

  /** From now on, for the next match. */
  setRelayOnly(relayOnly: boolean): void;

  addEventListener<K extends keyof CamdivEventMap>(
    type: K, listener: (this: Camdiv, event: CamdivEventMap[K]) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(
    type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
}

export type MediaFailureCode = 'denied' | 'not-found' | 'in-use' | 'insecure' | 'failed';

export interface MediaFailure {
  readonly kind: 'audio' | 'video';
  readonly code: MediaFailureCode;
}

export interface MediaRequest {
  /** False: not wanted. A string is a device id, preferred but not required. */
  audio: boolean | string;
  video: boolean | string;
}

/**
 * Opens microphone and camera. Never throws: what could not be opened is in `failures`, the rest in `stream`.
 */
export function openMedia(request: MediaRequest, devices?: MediaDevices | null):
  Promise<{ stream: MediaStream; failures: MediaFailure[] }>;

/** Asks for a screen to share; null when the user declines or the browser cannot. */
export function openScreen(devices?: MediaDevices | null): Promise<MediaStreamTrack | null>;

export interface Device {
  readonly id: string;
  readonly label: string;
  readonly kind: 'audioinput' | 'videoinput' | 'audiooutput';
}

/** Lists devices; labels are empty before the user granted access. */
export function listDevices(devices?: MediaDevices | null): Promise<Device[]>;
