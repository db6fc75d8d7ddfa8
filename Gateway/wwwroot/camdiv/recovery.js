/** @import { CamdivEnvironment, RecoveryCause } from '../camdiv.js' */

const blipMs = 3_000;
const attemptMs = 8_000;
const firstConnectMs = 20_000;
const maxAttempts = 2;

/**
 * @typedef {object} RecoveryHandlers
 * @property {() => boolean} canSignal both sides have a line over which a restart can be agreed
 * @property {(cause: RecoveryCause, attempt: number) => void} restart
 * @property {(reason: 'connection-lost' | 'never-connected') => void} giveUp
 */

/** Decides when a media path is to be mended, and when there is no more use in trying. */
export class Recovery {
  #environment;
  #handlers;
  #attempts = 0;
  #everConnected = false;
  /** @type {RTCPeerConnectionState} */
  #state = 'new';
  /** @type {RecoveryCause | null} a restart that waits for the line */
  #held = null;
  /** @type {unknown} */
  #blipTimer = null;
  /** @type {unknown} */
  #attemptTimer = null;
  /** @type {unknown} */
  #firstTimer = null;
  #closed = false;

  /** @param {{ environment: CamdivEnvironment, handlers: RecoveryHandlers }} options */
  constructor({ environment, handlers }) {
    this.#environment = environment;
    this.#handlers = handlers;
    this.#armFirst();
  }

  close() {
    this.#closed = true;
    this.#clear(this.#blipTimer, this.#attemptTimer, this.#firstTimer);
  }

  /** @param {RTCPeerConnectionState} state */
  onState(state) {
    if (this.#closed) return;
    this.#state = state;
    this.#clear(this.#blipTimer);
    if (state === 'connected') this.#recovered();
    else if (state === 'failed') this.#attempt('failed');
    else if (state === 'disconnected') {
      this.#blipTimer = this.#environment.setTimeout(() => this.#attempt('disconnected'), blipMs);
    }
  }

  onNetworkChange() {
    if (!this.#closed && this.#everConnected) this.#attempt('network');
  }

  /** The line, or the peer's, went or came. */
  onSignalingChange() {
    if (this.#closed) return;
    if (!this.#handlers.canSignal()) {
      // No try is used up while nobody could have answered it.
      if (this.#attemptTimer !== null) {
        this.#clear(this.#attemptTimer);
        this.#attemptTimer = null;
        this.#attempts -= 1;
        this.#held ??= 'no-progress';
      }
      return;
    }
    const held = this.#held;
    this.#held = null;
    if (held !== null && (held === 'network' || this.#state !== 'connected')) this.#attempt(held);
  }

  /** @param {RecoveryCause} cause */
  #attempt(cause) {
    if (this.#closed || (this.#attemptTimer !== null && cause !== 'no-progress' && cause !== 'failed')) return;
    this.#clear(this.#attemptTimer, this.#blipTimer);
    this.#attemptTimer = null;
    if (!this.#handlers.canSignal()) {
      this.#held = cause;
      return;
    }
    if (this.#attempts >= maxAttempts) {
      this.#handlers.giveUp(this.#everConnected ? 'connection-lost' : 'never-connected');
      return;
    }
    this.#attempts += 1;
    this.#attemptTimer = this.#environment.setTimeout(() => this.#onAttemptOver(), attemptMs);
    this.#handlers.restart(cause, this.#attempts);
  }

  #onAttemptOver() {
    this.#attemptTimer = null;
    // After a network change the old path may live on through the whole try: that is a success too.
    if (this.#state === 'connected') this.#recovered();
    else this.#attempt('no-progress');
  }

  #recovered() {
    this.#everConnected = true;
    this.#attempts = 0;
    this.#held = null;
    this.#clear(this.#attemptTimer, this.#firstTimer);
    this.#attemptTimer = null;
  }

  #armFirst() {
    this.#firstTimer = this.#environment.setTimeout(() => {
      if (this.#handlers.canSignal()) this.#handlers.giveUp('never-connected');
      else this.#armFirst();
    }, firstConnectMs);
  }

  /** @param {unknown[]} timers */
  #clear(...timers) {
    for (const timer of timers) this.#environment.clearTimeout(timer);
  }
}
