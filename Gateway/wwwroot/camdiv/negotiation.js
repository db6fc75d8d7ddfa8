/** @import { CamdivEnvironment } from '../camdiv.js' */
import { TurnTaking } from './turn-taking.js';

/**
 * @typedef {object} NegotiationOptions
 * @property {CamdivEnvironment} environment
 * @property {RTCPeerConnection} connection
 * @property {boolean} initiator makes the first offer and wins a collision; the other side is the polite one
 * @property {(payload: Record<string, unknown>) => void} send
 * @property {(error: unknown) => void} fault an offer of this side could not be made
 * @property {() => Promise<void> | null} beforeRestart called when the peer's offer restarts ICE; the answer, which
 *   gathers, waits for it
 */

/** Offers and answers: the first offer by the initiator alone, then in turns, with W3C's perfect negotiation below. */
export class Negotiation {
  #connection;
  #polite;
  #send;
  #beforeRestart;
  #mayOffer;
  #turns;
  #makingOffer = false;
  #ignoringOffer = false;
  #settingAnswer = false;
  #offerNumber = 0;
  #closed = false;
  /** @type {Promise<void> | null} an offer waits for this, and what follows it must not overtake it */
  #waiting = null;
  #offersSeen = 0;

  /** @param {NegotiationOptions} options */
  constructor({ environment, connection, initiator, send, fault, beforeRestart }) {
    this.#connection = connection;
    this.#polite = !initiator;
    this.#mayOffer = initiator;
    this.#send = send;
    this.#beforeRestart = beforeRestart;
    this.#turns = new TurnTaking({
      environment,
      initiator,
      send,
      free: () => connection.signalingState === 'stable' && !this.#makingOffer,
      offer: () => void this.offer().catch(fault),
    });
    connection.onnegotiationneeded = () => {
      if (this.#mayOffer) this.#turns.take();
    };
    connection.onicecandidate = ({ candidate }) => {
      if (candidate) send({ candidate: candidate.toJSON() });
    };
  }

  close() {
    this.#closed = true;
    this.#turns.close();
    this.#connection.onnegotiationneeded = null;
    this.#connection.onicecandidate = null;
  }

  /** Makes an offer at once, unless it is the other side's part to make the first one. */
  async offer() {
    if (!this.#mayOffer || this.#closed || this.#connection.signalingState === 'closed') return;
    if (this.#connection.signalingState === 'have-remote-offer') return;
    try {
      this.#makingOffer = true;
      await this.#connection.setLocalDescription();
      this.#offerNumber += 1;
      this.#sendDescription({ n: this.#offerNumber });
    } catch (error) {
      this.#rethrowUnlessOver(error);
    } finally {
      this.#makingOffer = false;
    }
  }

  /** Sends the offer again that may have been lost with the line; the peer's answer to either will do. */
  resend() {
    if (this.#connection.signalingState === 'have-local-offer') this.#sendDescription({ n: this.#offerNumber });
  }

  /** @param {unknown} turn */
  onTurn(turn) {
    if (!this.#closed) this.#turns.receive(turn);
  }

  /**
   * @param {Record<string, any>} payload with a `description`
   * @returns {Promise<void>}
   */
  async onDescription({ description, n, re }) {
    if (this.#closed || typeof description?.sdp !== 'string') return;
    if (description.type === 'offer') await this.#onOffer(description, n);
    else if (description.type === 'answer') await this.#onAnswer(description, re);
  }

  /**
   * @param {Record<string, any> | null} candidate
   * @returns {Promise<void>}
   */
  async onCandidate(candidate) {
    if (candidate === null || typeof candidate !== 'object') return;
    if (this.#waiting) await this.#waiting;
    if (this.#closed) return;
    try {
      await this.#connection.addIceCandidate(candidate);
    } catch {
      // Candidates of an offer that was ignored, or of a former ICE generation: nothing depends on one of them.
    }
  }

  /**
   * @param {RTCSessionDescriptionInit} offer
   * @param {unknown} number
   */
  async #onOffer(offer, number) {
    const connection = this.#connection;
    this.#turns.returned();
    this.#offersSeen += 1;
    const seen = this.#offersSeen;
    if (this.#waiting) await this.#waiting;
    const former = iceUser(connection.remoteDescription?.sdp);
    if (former !== null && former !== iceUser(offer.sdp)) {
      this.#waiting = this.#beforeRestart();
      if (this.#waiting) await this.#waiting;
      this.#waiting = null;
    }
    // A later offer holds all that this one did.
    if (this.#closed || seen !== this.#offersSeen) return;
    const ready = !this.#makingOffer && (connection.signalingState === 'stable' || this.#settingAnswer);
    this.#ignoringOffer = !this.#polite && !ready;
    if (this.#ignoringOffer) return;
    try {
      await connection.setRemoteDescription(offer);
      this.#mayOffer = true;
      await connection.setLocalDescription();
      this.#sendDescription({ re: number });
      this.#turns.settled();
    } catch (error) {
      this.#rethrowUnlessOver(error);
    }
  }

  /**
   * @param {RTCSessionDescriptionInit} answer
   * @param {unknown} answered number of the offer it answers; absent from clients that do not number theirs
   */
  async #onAnswer(answer, answered) {
    if (this.#connection.signalingState !== 'have-local-offer') return;
    if (typeof answered === 'number' && answered !== this.#offerNumber) return;
    try {
      this.#settingAnswer = true;
      await this.#connection.setRemoteDescription(answer);
    } catch (error) {
      this.#rethrowUnlessOver(error);
    } finally {
      this.#settingAnswer = false;
      this.#turns.settled();
    }
  }

  /** @param {Record<string, unknown>} extra */
  #sendDescription(extra) {
    const description = this.#connection.localDescription;
    if (!description || this.#closed) return;
    this.#send({ description: { type: description.type, sdp: description.sdp }, ...extra });
  }

  /** @param {unknown} error */
  #rethrowUnlessOver(error) {
    if (!this.#closed && this.#connection.signalingState !== 'closed') throw error;
  }
}

/** @param {string | undefined} sdp */
function iceUser(sdp) {
  return sdp?.match(/^a=ice-ufrag:(\S+)/m)?.[1] ?? null;
}
