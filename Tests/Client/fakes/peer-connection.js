let counter = 0;

export class FakeMediaStream {
  #tracks = [];
  constructor(tracks = []) {
    counter += 1;
    this.id = `stream-${counter}`;
    this.#tracks = [...tracks];
  }
  getTracks() { return [...this.#tracks]; }
  addTrack(track) { this.#tracks.push(track); }
  removeTrack(track) { this.#tracks = this.#tracks.filter((other) => other !== track); }
}

export function fakeTrack(kind) {
  counter += 1;
  return { kind, id: `${kind}-${counter}`, enabled: true, readyState: 'live', stop() { this.readyState = 'ended'; } };
}

/**
 * RTCPeerConnection's signaling: states, implicit descriptions, rollback, negotiationneeded and ICE restarts.
 * Routes are not modelled; a test sets `connectionState` itself.
 */
export class FakePeerConnection {
  static all = [];
  signalingState = 'stable';
  connectionState = 'new';
  localDescription = null;
  remoteDescription = null;
  configurations = [];
  candidates = [];
  restarts = 0;
  closed = false;
  stats = new Map();
  onnegotiationneeded = null;
  onicecandidate = null;
  onconnectionstatechange = null;
  ontrack = null;
  #transceivers = [];
  #needed = false;
  #restart = false;
  #generation = 0;
  #chain = Promise.resolve();
  #stable = { local: null, remote: null };
  /** When set, the next setLocalDescription waits for it: room for a collision. */
  gate = null;

  constructor(configuration) {
    counter += 1;
    this.name = `pc${counter}`;
    this.configurations.push(configuration);
    this.constructor.all.push(this);
  }

  get configuration() {
    return this.configurations.at(-1);
  }

  getTransceivers() { return this.#transceivers; }

  addTrack(track, stream) {
    const reusable = this.#transceivers.find((t) => !t.sender.used && !t.sender.track && t.kind === track.kind);
    const transceiver = reusable ?? this.#newTransceiver(track.kind, 'sendrecv');
    transceiver.sender.track = track;
    transceiver.sender.used = true;
    transceiver.sender.stream = stream?.id ?? '';
    transceiver.direction = 'sendrecv';
    return transceiver.sender;
  }

  addTransceiver(kind, { direction }) {
    return this.#newTransceiver(kind, direction);
  }

  setConfiguration(configuration) {
    if (configuration.iceCandidatePoolSize !== this.configuration.iceCandidatePoolSize && this.localDescription) {
      throw new DOMException('pool size', 'InvalidModificationError');
    }
    this.configurations.push(configuration);
  }

  restartIce() {
    this.restarts += 1;
    this.#restart = true;
    this.#need();
  }

  setLocalDescription(description) {
    return this.#enqueue(async () => {
      if (this.gate) await this.gate;
      const answering = this.signalingState === 'have-remote-offer';
      if (description?.type === 'rollback') throw new Error('not used');
      if (!answering && (this.#restart || !this.localDescription)) this.#generation += 1;
      if (!answering) this.#restart = false;
      const type = answering ? 'answer' : 'offer';
      this.localDescription = { type, sdp: this.#sdp() };
      if (!answering) this.#needed = false;
      this.#to(answering ? 'stable' : 'have-local-offer');
      setImmediate(() => this.onicecandidate?.({ candidate: { toJSON: () => ({ candidate: `${this.name}` }) } }));
    });
  }

  setRemoteDescription(description) {
    return this.#enqueue(async () => {
      if (description.type === 'answer') {
        if (this.signalingState !== 'have-local-offer') throw new DOMException('state', 'InvalidStateError');
        this.remoteDescription = description;
        this.#to('stable');
        return;
      }
      if (this.signalingState === 'have-local-offer') {
        this.localDescription = this.#stable.local;
        this.rollbacks = (this.rollbacks ?? 0) + 1;
        this.#needed = true;
      }
      const restarted = this.remoteDescription && ufrag(this.remoteDescription.sdp) !== ufrag(description.sdp);
      if (restarted || !this.localDescription) this.#generation += 1;
      this.remoteDescription = description;
      this.#to('have-remote-offer');
    });
  }

  async addIceCandidate(candidate) {
    await this.#enqueue(async () => {
      if (!this.remoteDescription) throw new DOMException('no description', 'InvalidStateError');
      this.candidates.push(candidate);
    });
  }

  async getStats() {
    return this.stats;
  }

  close() {
    this.closed = true;
    this.signalingState = 'closed';
    this.connectionState = 'closed';
  }

  setState(state) {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  receiveTrack(kind, stream) {
    const transceiver = this.#newTransceiver(kind, 'recvonly', false);
    this.ontrack?.({ track: fakeTrack(kind), transceiver, streams: stream ? [{ id: stream }] : [] });
    return transceiver;
  }

  #newTransceiver(kind, direction, need = true) {
    const owner = this;
    const transceiver = {
      kind,
      currentDirection: null,
      sender: {
        track: null,
        used: false,
        async replaceTrack(track) { this.track = track; },
      },
      get direction() { return direction; },
      set direction(value) {
        if (value === direction) return;
        direction = value;
        owner.#need();
      },
    };
    this.#transceivers.push(transceiver);
    if (need) this.#need();
    return transceiver;
  }

  #need() {
    this.#needed = true;
    setImmediate(() => this.#fireNeeded());
  }

  #fireNeeded() {
    if (this.#needed && this.signalingState === 'stable' && !this.closed) this.onnegotiationneeded?.();
  }

  #to(state) {
    this.signalingState = state;
    if (state === 'stable') {
      this.#stable = { local: this.localDescription, remote: this.remoteDescription };
      if (this.#restart) this.#needed = true;
      setImmediate(() => this.#fireNeeded());
    }
  }

  #sdp() {
    return `v=0\r\na=ice-ufrag:${this.name}g${this.#generation}\r\nm-lines=${this.#transceivers.length}\r\n`;
  }

  #enqueue(step) {
    if (this.closed) return Promise.reject(new DOMException('closed', 'InvalidStateError'));
    const turn = this.#chain.then(step);
    this.#chain = turn.catch(() => {});
    return turn;
  }
}

export function freshPeerConnectionClass() {
  return class extends FakePeerConnection {
    static all = [];
  };
}

export function ufrag(sdp) {
  return sdp.match(/^a=ice-ufrag:(\S+)/m)?.[1];
}

/** Statistics with one selected pair. */
export function statsOf({ local, remote = { candidateType: 'host' }, rtt = 0.02, viaTransport = true }) {
  const stats = new Map([
    ['l', { id: 'l', type: 'local-candidate', ...local }],
    ['r', { id: 'r', type: 'remote-candidate', ...remote }],
    ['p', { id: 'p', type: 'candidate-pair', localCandidateId: 'l', remoteCandidateId: 'r', nominated: true,
      state: 'succeeded', currentRoundTripTime: rtt }],
  ]);
  if (viaTransport) stats.set('t', { id: 't', type: 'transport', selectedCandidatePairId: 'p' });
  return stats;
}
