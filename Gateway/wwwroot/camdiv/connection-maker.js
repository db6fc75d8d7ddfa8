/** @import { CamdivEnvironment } from '../camdiv.js' */
/** @import { IceAnswer, IceConfiguration } from './ice.js' */

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
  #onLate;
  /** @type {MadeConnection | null} */
  #ready = null;
  /** @type {Promise<void> | null} */
  #preparing = null;
  #generation = 0;
  relayOnly = false;

  /**
   * @param {{ environment: CamdivEnvironment, ice: IceConfiguration, prepare: boolean, onLate: () => void }} options
   *   `onLate`: the server's configuration has come after all, and warming would now succeed
   */
  constructor({ environment, ice, prepare, onLate }) {
    this.#environment = environment;
    this.#ice = ice;
    this.#prepare = prepare;
    this.#onLate = onLate;
  }

  /**
   * Asks for the configuration and gathers ahead; for those who search, harmless to call again.
   * @returns {Promise<void>}
   */
  async warm() {
    if (!this.#prepare) await this.#ice.get();
    if (!this.#prepare || this.#ready) return;
    if (!this.#preparing) {
      const gathering = this.#gather();
      this.#preparing = gathering;
      void gathering.then(() => { if (this.#preparing === gathering) this.#preparing = null; });
    }
    await this.#preparing;
  }

  /** Throws away what was gathered, e.g. in a network that is left. */
  cool() {
    this.#generation += 1;
    this.#preparing = null;
    this.#ready?.connection.close();
    this.#ready = null;
  }

  /** @returns {MadeConnection | null} the connection prepared ahead, while it is good */
  takeReady() {
    const ready = this.#ready;
    if (!ready) return null;
    if (this.#environment.now() >= ready.answer.goodUntil) {
      this.cool();
      return null;
    }
    this.#ready = null;
    return ready;
  }

  /** @returns {Promise<MadeConnection>} */
  async take() {
    await this.#preparing;
    return this.takeReady() ?? this.#make(await this.#ice.get(), 0);
  }

  async #gather() {
    const generation = this.#generation;
    const answer = await this.#ice.get();
    if (generation !== this.#generation) return;
    if (answer.complete) this.#ready = this.#make(answer, 1);
    else void answer.late?.then((late) => { if (late) this.#onLate(); });
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
