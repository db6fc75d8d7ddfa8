/** @typedef {'audio' | 'video' | 'screen'} Slot */

/** What this side sends: each slot keeps its sender for the whole call, so that m-lines do not pile up. */
export class LocalTracks {
  #connection;
  #main;
  #screen;
  /** @type {Map<Slot, RTCRtpSender>} */
  #senders = new Map();

  /**
   * @param {RTCPeerConnection} connection
   * @param {typeof MediaStream} MediaStream
   */
  constructor(connection, MediaStream) {
    this.#connection = connection;
    this.#main = new MediaStream();
    this.#screen = new MediaStream();
  }

  get screenId() {
    return this.#screen.id;
  }

  /**
   * @param {Slot} slot
   * @param {MediaStreamTrack | null} track
   * @returns {Promise<void>}
   */
  async set(slot, track) {
    const sender = this.#senders.get(slot);
    if (!sender) {
      if (track) this.#senders.set(slot, this.#connection.addTrack(track, slot === 'screen' ? this.#screen : this.#main));
      return;
    }
    const transceiver = this.#connection.getTransceivers().find((candidate) => candidate.sender === sender);
    await sender.replaceTrack(track);
    if (!transceiver || transceiver.currentDirection === 'stopped') return;
    // A camera that pauses keeps its line, which costs no negotiation; a screen that ends gives it back.
    if (track) transceiver.direction = 'sendrecv';
    else if (slot === 'screen') transceiver.direction = 'recvonly';
  }

  /**
   * Makes room in the first offer for what the stranger may send.
   * @param {('audio' | 'video')[]} kinds
   */
  expect(kinds) {
    for (const kind of kinds) {
      if (!this.#senders.has(kind)) this.#connection.addTransceiver(kind, { direction: 'recvonly' });
    }
  }
}
