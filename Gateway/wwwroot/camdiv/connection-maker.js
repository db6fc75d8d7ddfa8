/** @import { CamdivEnvironment } from '../camdiv.js' */
/** @import { IceAnswer, IceConfiguration } from './ice.js' */

const lastMinuteMs = 60_000;

/**
 * @param {RTCIceServer[]} iceServers
 * @param {boolean} relayOnly
 * @param {number} poolSize
 * @returns {RTCConfiguration}
 */
export function connectionConfiguration(iceServers, relayOnly, poolSize) {
  return {
    iceServers,
    iceTransportPolicy: relayOnly ? 'relay' : 'all',
    // One transport for everything: fewer candidates to gather and check.
    bundlePolicy: 'max-bundle',
    iceCandidatePoolSize: poolSize,
  };
}

/** @typedef {{ connection: RTCPeerConnection, answer: IceAnswer, poolSize: number }} MadeConnection */

/** Makes peer connections, one of them ahead of the match, its candidates gathered while the user waits. */
export class ConnectionMaker {
  #environment;
  #ice;
  #prepare;
  /** @type {MadeConnection | null} */
  #ready = null;
  #preparing = false;
  #generation = 0;
  relayOnly = false;

  /** @param {{ environment: CamdivEnvironment, ice: IceConfiguration, prepare: boolean }} options */
  constructor({ environment, ice, prepare }) {
    this.#environment = environment;
    this.#ice = ice;
    this.#prepare = prepare;
  }

  /** Gathers ahead; harmless to call again. */
  async warm() {
    if (!this.#prepare || this.#ready || this.#preparing) return;
    const generation = this.#generation;
    this.#preparing = true;
    const answer = await this.#ice.get();
    this.#preparing = false;
    if (generation !== this.#generation) {
      await this.warm();
      return;
    }
    if (answer.complete) this.#ready = this.#make(answer, 1);
    else void answer.late?.then((late) => { if (late) void this.warm(); });
  }

  /** Throws away what was gathered, e.g. in a network that is left. */
  cool() {
    this.#generation += 1;
    this.#ready?.connection.close();
    this.#ready = null;
  }

  /** @returns {MadeConnection | null} the connection prepared ahead, while it is good */
  takeReady() {
    const ready = this.#ready;
    if (!ready) return null;
    if (this.#environment.now() + lastMinuteMs >= ready.answer.expiresAt) {
      this.cool();
      return null;
    }
    this.#ready = null;
    return ready;
  }

  /** @returns {Promise<MadeConnection>} */
  async make() {
    return this.#make(await this.#ice.get(), 0);
  }

  /**
   * @param {IceAnswer} answer
   * @param {number} poolSize
   * @returns {MadeConnection}
   */
  #make(answer, poolSize) {
    const configuration = connectionConfiguration(answer.iceServers, this.relayOnly, poolSize);
    return { connection: new this.#environment.RTCPeerConnection(configuration), answer, poolSize };
  }
}
