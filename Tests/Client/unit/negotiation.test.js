import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Negotiation } from '../../../Gateway/wwwroot/camdiv/negotiation.js';
import { settle } from '../fakes/clock.js';
import { FakePeerConnection, fakeTrack, ufrag } from '../fakes/peer-connection.js';
import { Wire } from '../fakes/wire.js';

function pair() {
  const wire = new Wire();
  const sent = [];
  const restartsSeen = [];
  const side = (name, other, initiator) => {
    const connection = new FakePeerConnection({ iceCandidatePoolSize: 0 });
    const forward = wire.sender(name, other);
    const negotiation = new Negotiation({
      connection,
      initiator,
      send: (payload) => { sent.push({ name, ...payload }); forward(payload); },
      beforeRestart: () => restartsSeen.push(name),
    });
    wire.connect(name, (payload) => {
      if (payload.description) void negotiation.onDescription(payload);
      if (payload.candidate) void negotiation.onCandidate(payload.candidate);
    });
    return { connection, negotiation };
  };
  const a = side('a', 'b', true);
  const b = side('b', 'a', false);
  const offers = (name) => sent.filter((payload) => payload.name === name && payload.description?.type === 'offer').length;
  return { a, b, wire, sent, offers, restartsSeen };
}

async function connected() {
  const made = pair();
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

test('glare: the polite side rolls back, both end stable with both tracks agreed', async () => {
  const { a, b, wire, offers } = await connected();
  const [beforeA, beforeB] = [offers('a'), offers('b')];
  wire.hold();
  a.connection.addTrack(fakeTrack('video'));
  b.connection.addTrack(fakeTrack('video'));
  await settle();
  assert.equal(a.connection.signalingState, 'have-local-offer');
  assert.equal(b.connection.signalingState, 'have-local-offer');
  await wire.release();
  await settle();
  assert.equal(b.connection.rollbacks, 1);
  assert.equal(a.connection.rollbacks, undefined);
  assert.equal(a.connection.signalingState, 'stable');
  assert.equal(b.connection.signalingState, 'stable');
  assert.equal(offers('a'), beforeA + 1);
  assert.ok(offers('b') >= beforeB + 2, 'the rolled back offer was not made again');
});

test('glare while the offer is still being made counts as glare', async () => {
  const { a, b, wire } = await connected();
  let open;
  a.connection.gate = new Promise((resolve) => { open = resolve; });
  a.connection.addTrack(fakeTrack('video'));
  await settle();
  b.connection.addTrack(fakeTrack('video'));
  await settle();
  a.connection.gate = null;
  open();
  await settle();
  assert.equal(a.connection.signalingState, 'stable');
  assert.equal(b.connection.signalingState, 'stable');
  assert.equal(wire.held, null);
});

test('thousand rounds of random changes on both sides always end stable and alike', async () => {
  let seed = 42;
  const random = () => { seed = (seed * 16807) % 2147483647; return seed / 2147483647; };
  const { a, b, wire } = await connected();
  for (let round = 0; round < 300; round += 1) {
    if (random() < 0.5) wire.hold();
    for (const side of [a, b]) if (random() < 0.6) side.connection.addTransceiver('video', { direction: 'sendrecv' });
    if (random() < 0.2) a.connection.restartIce();
    if (random() < 0.5) await settle();
    if (wire.held) await wire.release();
    await settle();
    assert.equal(a.connection.signalingState, 'stable', `round ${round}`);
    assert.equal(b.connection.signalingState, 'stable', `round ${round}`);
  }
  assert.equal(b.connection.remoteDescription.sdp === a.connection.localDescription.sdp
    || a.connection.remoteDescription.sdp === b.connection.localDescription.sdp, true);
});

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
  const { a, sent } = pair();
  void a.negotiation.offer();
  await settle();
  void sent;
  const lone = new FakePeerConnection({});
  const alone = new Negotiation({ connection: lone, initiator: true, send: () => {}, beforeRestart: () => {} });
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
