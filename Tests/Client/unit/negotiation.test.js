import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Negotiation } from '../../../Gateway/wwwroot/camdiv/negotiation.js';
import { FakeClock, settle } from '../fakes/clock.js';
import { FakePeerConnection, fakeTrack, ufrag } from '../fakes/peer-connection.js';
import { Wire } from '../fakes/wire.js';

/** @param turns false: turn payloads get lost, as with a client that knows nothing of them */
function pair({ turns = true } = {}) {
  const clock = new FakeClock();
  const environment = { now: clock.now, setTimeout: clock.setTimeout, clearTimeout: clock.clearTimeout };
  const wire = new Wire();
  const sent = [];
  const restartsSeen = [];
  const made = { beforeRestart: null };
  const side = (name, other, initiator) => {
    const connection = new FakePeerConnection({ iceCandidatePoolSize: 0 });
    const forward = wire.sender(name, other);
    const negotiation = new Negotiation({
      environment,
      fault: (error) => { throw error; },
      connection,
      initiator,
      send: (payload) => { sent.push({ name, ...payload }); forward(payload); },
      beforeRestart: () => {
        restartsSeen.push(name);
        return made.beforeRestart;
      },
    });
    wire.connect(name, (payload) => {
      if (payload.description) void negotiation.onDescription(payload);
      if (payload.turn && turns) negotiation.onTurn(payload.turn);
      if (payload.candidate) void negotiation.onCandidate(payload.candidate);
    });
    return { connection, negotiation };
  };
  const a = side('a', 'b', true);
  const b = side('b', 'a', false);
  const offers = (name) => sent.filter((payload) => payload.name === name && payload.description?.type === 'offer').length;
  return Object.assign(made, { a, b, wire, sent, offers, restartsSeen, clock });
}

async function connected(options) {
  const made = pair(options);
  made.a.connection.addTrack(fakeTrack('audio'));
  made.b.connection.addTrack(fakeTrack('audio'));
  await settle();
  return made;
}

test('the initiator alone makes the first offer, although both have something to send', async () => {
  const { a, b, offers } = await connected();
  assert.equal(offers('a'), 1);
  assert.equal(a.connection.signalingState, 'stable');
  assert.equal(b.connection.signalingState, 'stable');
  assert.equal(b.connection.remoteDescription.sdp, a.connection.localDescription.sdp);
});

test('the other side waits for ever rather than offer first', async () => {
  const { b, offers } = pair();
  b.connection.addTrack(fakeTrack('video'));
  await b.negotiation.offer();
  await settle();
  assert.equal(offers('b'), 0);
});

test('after the first exchange the other side may offer, too', async () => {
  const { b, offers, a } = await connected();
  const before = offers('b');
  b.connection.addTrack(fakeTrack('video'));
  await settle();
  assert.equal(offers('b'), before + 1);
  assert.equal(a.connection.signalingState, 'stable');
});

test('candidates travel and are added in order after their description', async () => {
  const { a, b } = await connected();
  assert.ok(a.connection.candidates.length > 0);
  assert.ok(b.connection.candidates.length > 0);
});

test('both change something at once: turns are taken, nobody rolls back', async () => {
  const { a, b, wire, offers, clock } = await connected();
  const [beforeA, beforeB] = [offers('a'), offers('b')];
  wire.hold();
  a.connection.addTransceiver('video', { direction: 'sendrecv' });
  b.connection.addTransceiver('video', { direction: 'sendrecv' });
  await settle();
  await wire.release();
  await settle();
  assert.equal(offers('a'), beforeA + 1);
  assert.equal(offers('b'), beforeB + 1);
  assert.equal(b.connection.rollbacks, undefined);
  for (const { connection } of [a, b]) assert.equal(connection.signalingState, 'stable');
  await clock.advance(10_000);
  assert.equal(offers('b'), beforeB + 1, 'asked or offered again without need');
});

test('the initiator waits while its turn is lent, and takes it back when the offer has come', async () => {
  const { a, b, wire, offers } = await connected();
  const before = offers('a');
  b.connection.addTransceiver('video', { direction: 'sendrecv' });
  wire.hold();
  await settle();
  const ask = wire.held.find(({ payload }) => payload.turn === 'ask');
  wire.hold();
  ask.deliver();
  a.connection.addTransceiver('video', { direction: 'sendrecv' });
  await settle();
  assert.equal(offers('a'), before);
  await wire.release();
  await settle();
  assert.equal(offers('a'), before + 1);
  assert.equal(a.connection.signalingState, 'stable');
});

test('a turn lent in vain comes back after 3 s', async () => {
  const { a, offers, clock } = await connected();
  const before = offers('a');
  a.negotiation.onTurn('ask');
  a.connection.addTransceiver('video', { direction: 'sendrecv' });
  await settle();
  assert.equal(offers('a'), before);
  await clock.advance(3_000);
  assert.equal(offers('a'), before + 1);
});

test('glare with a client that knows no turns: the polite side rolls back, both end stable with both tracks agreed', async () => {
  const { a, b, wire, offers, clock } = await connected({ turns: false });
  const [beforeA, beforeB] = [offers('a'), offers('b')];
  b.connection.addTransceiver('video', { direction: 'sendrecv' });
  await clock.advance(1_999);
  assert.equal(offers('b'), beforeB);
  wire.hold();
  a.connection.addTransceiver('video', { direction: 'sendrecv' });
  await clock.advance(1);
  assert.equal(a.connection.signalingState, 'have-local-offer');
  assert.equal(b.connection.signalingState, 'have-local-offer');
  await wire.release();
  await settle();
  assert.equal(b.connection.rollbacks, 1);
  assert.equal(a.connection.rollbacks, undefined);
  assert.equal(a.connection.signalingState, 'stable');
  assert.equal(b.connection.signalingState, 'stable');
  assert.equal(offers('a'), beforeA + 1);
  await clock.advance(2_000);
  assert.ok(offers('b') >= beforeB + 2, 'the rolled back offer was not made again');
  assert.equal(b.connection.signalingState, 'stable');
});

test('glare while the offer is still being made counts as glare', async () => {
  const { a, b, clock } = await connected({ turns: false });
  b.connection.addTransceiver('video', { direction: 'sendrecv' });
  await clock.advance(1_999);
  let open;
  a.connection.gate = new Promise((resolve) => { open = resolve; });
  a.connection.addTransceiver('video', { direction: 'sendrecv' });
  await clock.advance(1);
  a.connection.gate = null;
  open();
  await settle();
  assert.equal(b.connection.rollbacks, 1);
  assert.equal(a.connection.signalingState, 'stable');
  assert.equal(b.connection.signalingState, 'stable');
});

for (const turns of [true, false]) {
  test(`random changes on both sides always end stable and alike, ${turns ? 'without a rollback' : 'also without turns'}`, async () => {
    let seed = 42;
    const random = () => { seed = (seed * 16807) % 2147483647; return seed / 2147483647; };
    const { a, b, wire, clock } = await connected({ turns });
    for (let round = 0; round < 200; round += 1) {
      if (random() < 0.5) wire.hold();
      for (const side of [a, b]) if (random() < 0.6) side.connection.addTransceiver('video', { direction: 'sendrecv' });
      if (random() < 0.2) a.connection.restartIce();
      if (random() < 0.5) await settle();
      if (!turns) await clock.advance(2_000);
      if (wire.held) await wire.release();
      await settle();
      assert.equal(a.connection.signalingState, 'stable', `round ${round}`);
      assert.equal(b.connection.signalingState, 'stable', `round ${round}`);
    }
    assert.ok(b.connection.remoteDescription.sdp === a.connection.localDescription.sdp
      || a.connection.remoteDescription.sdp === b.connection.localDescription.sdp);
    assert.equal(b.connection.rollbacks === undefined, turns);
  });
}

test('an ICE restart is noticed before the answer is made, ordinary offers are not taken for one', async () => {
  const { a, restartsSeen } = await connected();
  a.connection.addTrack(fakeTrack('video'));
  await settle();
  assert.deepEqual(restartsSeen, []);
  const before = ufrag(a.connection.localDescription.sdp);
  a.connection.restartIce();
  await settle();
  assert.deepEqual(restartsSeen, ['b']);
  assert.notEqual(ufrag(a.connection.localDescription.sdp), before);
});

test('an offer that waits before it is answered is overtaken by nothing, and only the last one is answered', async () => {
  const made = await connected();
  const { a, b, sent } = made;
  const known = b.connection.candidates.length;
  let go = () => {};
  made.beforeRestart = new Promise((resolve) => { go = resolve; });
  sent.length = 0;
  a.connection.restartIce();
  await settle();
  a.negotiation.resend();
  await settle();
  assert.equal(b.connection.signalingState, 'stable');
  assert.equal(b.connection.candidates.length, known);
  go();
  await settle();
  assert.equal(a.connection.signalingState, 'stable');
  assert.equal(b.connection.remoteDescription.sdp, a.connection.localDescription.sdp);
  assert.ok(b.connection.candidates.length > known);
  assert.equal(sent.filter(({ description }) => description?.type === 'answer').length, 1);
});

test('an offer lost with the line is sent again and answered', async () => {
  const { a, b, wire } = await connected();
  wire.hold();
  a.connection.addTrack(fakeTrack('video'));
  await settle();
  wire.drop();
  a.negotiation.resend();
  await settle();
  assert.equal(a.connection.signalingState, 'stable');
  assert.equal(b.connection.remoteDescription.sdp, a.connection.localDescription.sdp);
});

test('an answer lost with the line: the same offer is answered once more', async () => {
  const { a, wire, b } = await connected();
  a.connection.addTrack(fakeTrack('video'));
  wire.hold();
  await settle();
  const offer = wire.held.find(({ payload }) => payload.description?.type === 'offer');
  wire.hold();
  offer.deliver();
  await settle();
  wire.drop();
  a.negotiation.resend();
  await settle();
  assert.equal(a.connection.signalingState, 'stable');
  assert.equal(b.connection.signalingState, 'stable');
});

test('an answer to a superseded offer is not applied', async () => {
  const { a, wire, b } = await connected();
  wire.hold();
  a.connection.addTrack(fakeTrack('video'));
  await settle();
  const first = wire.held.find(({ payload }) => payload.description);
  wire.hold();
  a.connection.restartIce();
  void a.negotiation.offer();
  await settle();
  const second = wire.held.find(({ payload }) => payload.description);
  wire.hold();
  first.deliver();
  await settle();
  second.deliver();
  await settle();
  await wire.release();
  await settle();
  assert.equal(a.connection.signalingState, 'stable');
  assert.equal(a.connection.remoteDescription.sdp, b.connection.localDescription.sdp);
});

test('answers of clients that do not number theirs are taken', async () => {
  const lone = new FakePeerConnection({});
  const alone = new Negotiation({
    environment: new FakeClock(), connection: lone, initiator: true, send: () => {}, fault: () => {}, beforeRestart: () => null,
  });
  await alone.offer();
  await alone.onDescription({ description: { type: 'answer', sdp: 'v=0\r\na=ice-ufrag:x\r\n' } });
  assert.equal(lone.signalingState, 'stable');
});

test('nonsense from a stranger changes nothing', async () => {
  const { a } = await connected();
  const before = a.connection.remoteDescription;
  for (const payload of [{ description: {} }, { description: { type: 'offer' } }, { description: { type: 'pranswer', sdp: 'x' } },
    { description: { type: 'answer', sdp: 'v=0' } }, { description: 'x' }]) {
    await a.negotiation.onDescription(payload);
  }
  for (const candidate of [null, 'x', 4]) await a.negotiation.onCandidate(candidate);
  assert.equal(a.connection.remoteDescription, before);
});

test('after close nothing is sent or thrown', async () => {
  const { a, sent } = await connected();
  const before = sent.length;
  a.negotiation.close();
  a.connection.close();
  await a.negotiation.offer();
  await a.negotiation.onDescription({ description: { type: 'offer', sdp: 'v=0' } });
  assert.equal(sent.length, before);
});
