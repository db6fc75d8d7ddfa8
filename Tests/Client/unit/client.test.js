import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Camdiv } from '../../../Gateway/wwwroot/camdiv/client.js';
import { FakeBrowser, FakeIceServer, turnBody } from '../fakes/browser.js';
import { settle } from '../fakes/clock.js';
import { fakeTrack, statsOf } from '../fakes/peer-connection.js';

const eventNames = ['state', 'link', 'searching', 'matched', 'stream', 'path', 'quality', 'text', 'typing', 'peer-media',
  'peer-left', 'peer-away', 'peer-back', 'recovering', 'relay', 'error'];

function made({ options = {}, server = new FakeIceServer(), browser = new FakeBrowser(), overrides = {} } = {}) {
  const environment = browser.tab({ fetch: server.fetch, ...overrides });
  const camdiv = new Camdiv({ url: 'ws://test/ws', environment, ...options });
  const events = [];
  for (const name of eventNames) camdiv.addEventListener(name, ({ detail }) => events.push({ name, ...detail }));
  const sockets = environment.WebSocket.all;
  const connections = environment.RTCPeerConnection.all;
  return {
    browser, server, clock: browser.clock, environment, camdiv, events, sockets, connections,
    last: () => sockets.at(-1),
    open: () => connections.filter((connection) => !connection.closed),
    of: (name) => events.filter((event) => event.name === name),
  };
}

async function welcome(setup, fields = {}) {
  setup.last().serverOpens();
  setup.last().serverSends({ type: 'welcome', user: 'u1', session: 's1', resumed: false, state: 'idle',
    graceMs: 30_000, maxFrameBytes: 65_536, ...fields });
  await settle();
}

async function online(options) {
  const setup = made(options);
  setup.camdiv.connect();
  await settle();
  await welcome(setup);
  if (options?.turn !== false) setup.server.first = () => turnBody(setup.clock);
  return setup;
}

function matched(fields = {}) {
  return { type: 'matched', room: 'r1', self: 's1', peer: 's2', initiator: true, chat: 'video', common: [], ackMs: 3_000, ...fields };
}

async function inRoom({ match = {}, ...options } = {}) {
  const setup = await online(options);
  setup.camdiv.setTrack('audio', fakeTrack('audio'));
  setup.camdiv.setTrack('video', fakeTrack('video'));
  setup.camdiv.start({ chat: match.chat ?? 'video' });
  await settle();
  setup.last().serverSends(matched(match));
  await settle();
  const connection = setup.open()[0];
  return { ...setup, connection };
}

async function inCall(options) {
  const setup = await inRoom(options);
  setup.connection.stats = statsOf({ local: { candidateType: 'host', protocol: 'udp' } });
  if (options?.match?.initiator === false) {
    setup.last().serverSends(`>r1|${JSON.stringify({ description: { type: 'offer', sdp: 'a=ice-ufrag:p0\r\n' }, n: 1 })}`);
  } else {
    setup.last().serverSends(`>r1|${JSON.stringify({ description: { type: 'answer', sdp: 'a=ice-ufrag:p0\r\n' }, re: 1 })}`);
  }
  await settle();
  await setup.clock.advance(250);
  setup.connection.setState('connected');
  await settle();
  return setup;
}

const payloads = (socket, room = 'r1') => socket.frames
  .filter((frame) => frame.startsWith(`>${room}|`))
  .map((frame) => JSON.parse(frame.slice(room.length + 2)));

test('start before the line is open is sent after the welcome', async () => {
  const setup = made();
  setup.camdiv.start({ chat: 'text', interests: ['Jazz'], languages: ['en'] });
  setup.camdiv.connect();
  await settle();
  assert.equal(setup.camdiv.state, 'searching');
  await welcome(setup);
  assert.deepEqual(setup.last().ofType('start'), [{ type: 'start', chat: 'text', interests: ['Jazz'], languages: ['en'] }]);
});

test('ack leaves at once, before anything else', async () => {
  const setup = await online();
  setup.camdiv.start({ chat: 'video' });
  const before = setup.last().sent.length;
  setup.last().serverSends(matched());
  assert.deepEqual(JSON.parse(setup.last().sent[before]), { type: 'ack', room: 'r1' });
});

test('prepared before the match: camera apart, one request and one connection with gathered candidates', async () => {
  const setup = await online();
  assert.equal(setup.server.requests.length, 0, 'an idle visitor is given no credentials');
  assert.equal(setup.connections.length, 0, 'an idle visitor holds no place on a relay');
  setup.camdiv.start({ chat: 'video' });
  assert.equal(setup.last().ofType('start').length, 1, 'the server answers only those who search');
  await settle();
  assert.equal(setup.server.requests.length, 1);
  assert.equal(setup.connections.length, 1);
  assert.equal(setup.connections[0].configuration.iceCandidatePoolSize, 1);
  assert.equal(setup.connections[0].configuration.iceTransportPolicy, 'all');
  setup.last().serverSends(matched());
  await settle();
  assert.equal(setup.connections.length, 1);
  assert.equal(setup.connections[0].localDescription.type, 'offer');
});

test('prepare: false gathers nothing ahead', async () => {
  const setup = await online({ options: { prepare: false } });
  setup.camdiv.start({ chat: 'video' });
  await settle();
  assert.equal(setup.connections.length, 0);
  setup.last().serverSends(matched());
  await settle();
  assert.equal(setup.connections[0].configuration.iceCandidatePoolSize, 0);
});

test('only the initiator offers first', async () => {
  const first = await inRoom();
  assert.equal(payloads(first.last()).filter(({ description }) => description?.type === 'offer').length, 1);
  const second = await inRoom({ match: { initiator: false } });
  assert.equal(payloads(second.last()).filter(({ description }) => description).length, 0);
});

test('the initiator makes room for voice and picture even with nothing to send', async () => {
  const setup = await online();
  setup.camdiv.start({ chat: 'video' });
  setup.last().serverSends(matched());
  await settle();
  const kinds = setup.open()[0].getTransceivers().map(({ kind, direction }) => `${kind} ${direction}`);
  assert.deepEqual(kinds, ['audio recvonly', 'video recvonly']);
});

test('frames before the connection is made are kept, frames of other rooms are not heard', async () => {
  const setup = await online({ turn: false });
  setup.camdiv.start({ chat: 'video' });
  setup.last().serverSends(matched({ initiator: false }));
  setup.last().serverSends('>r1|{"description":{"type":"offer","sdp":"a=ice-ufrag:x\\r\\n"},"n":1}');
  setup.last().serverSends('>r0|{"text":"late"}');
  await settle();
  assert.equal(setup.connections.length, 0);
  setup.server.answer(turnBody(setup.clock));
  await settle();
  assert.equal(payloads(setup.last()).filter(({ description }) => description?.type === 'answer').length, 1);
  assert.deepEqual(setup.of('text'), []);
});

test('a text chat makes no connection, whatever the stranger sends', async () => {
  const setup = await online();
  setup.camdiv.start({ chat: 'text' });
  setup.last().serverSends(matched({ chat: 'text' }));
  setup.last().serverSends('>r1|{"description":{"type":"offer","sdp":"a=ice-ufrag:x\\r\\n"}}');
  await settle();
  setup.last().serverSends('>r1|{"media":{"audio":true,"video":true}}');
  assert.deepEqual(setup.of('peer-media'), []);
  assert.equal(setup.connections.length, 0);
  assert.equal(setup.camdiv.state, 'connected');
});

test('an audio chat sends no picture and takes none', async () => {
  const setup = await inRoom({ match: { chat: 'audio' } });
  assert.deepEqual(setup.connection.getTransceivers().map(({ kind }) => kind), ['audio']);
  const uninvited = setup.connection.receiveTrack('video', 'x');
  assert.equal(uninvited.direction, 'inactive');
  assert.equal(setup.of('stream').length, 0);
  setup.camdiv.setTrack('video', fakeTrack('video'));
  setup.camdiv.setScreen(fakeTrack('video'));
  await settle();
  assert.deepEqual(setup.connection.getTransceivers().filter(({ sender }) => sender.track).map(({ kind }) => kind), ['audio']);
});

test('connected is told once per match, with path and time', async () => {
  const setup = await inCall();
  assert.deepEqual(setup.last().ofType('connected'),
    [{ type: 'connected', room: 'r1', candidate: 'host', protocol: 'udp', ms: 250 }]);
  assert.equal(setup.camdiv.state, 'connected');
  setup.connection.setState('disconnected');
  setup.connection.setState('connected');
  await settle();
  assert.equal(setup.last().ofType('connected').length, 1);
  assert.equal(setup.of('path').length, 2);
});

test('connected waits for the selected pair to show up', async () => {
  const setup = await inRoom();
  setup.connection.setState('connected');
  await setup.clock.advance(150);
  assert.equal(setup.last().ofType('connected').length, 0);
  setup.connection.stats = statsOf({ local: { candidateType: 'relay', protocol: 'udp', relayProtocol: 'tls' } });
  await setup.clock.advance(100);
  assert.deepEqual(setup.last().ofType('connected').map(({ candidate, protocol }) => [candidate, protocol]), [['relay', 'tls']]);
});

test('quality is told while connected', async () => {
  const setup = await inCall();
  await setup.clock.advance(2_000);
  assert.equal(setup.of('quality').at(-1).level, 'good');
});

test('failed: the initiator restarts with the configuration set before', async () => {
  const setup = await inCall();
  const calls = [];
  const { setConfiguration, restartIce } = setup.connection;
  setup.connection.setConfiguration = function (...args) { calls.push('setConfiguration'); setConfiguration.apply(this, args); };
  setup.connection.restartIce = function () { calls.push('restartIce'); restartIce.call(this); };
  await setup.clock.advance(23 * 3_600_000 + 1);
  setup.connection.setState('failed');
  await settle();
  assert.deepEqual(calls, [], 'restarted with credentials about to expire');
  setup.server.answer(turnBody(setup.clock, { username: 'fresh' }));
  await settle();
  assert.deepEqual(calls, ['setConfiguration', 'restartIce']);
  assert.equal(setup.connection.configuration.iceServers[1].username, 'fresh');
  assert.equal(setup.camdiv.state, 'reconnecting');
});

test('failed: the other side asks for a restart instead', async () => {
  const setup = await inCall({ match: { initiator: false } });
  setup.connection.setState('failed');
  await settle();
  assert.equal(setup.connection.restarts, 0);
  assert.deepEqual(payloads(setup.last()).filter(({ restart }) => restart), [{ restart: true }]);
});

test('the initiator grants a restart, but not two in a row', async () => {
  const setup = await inCall();
  setup.last().serverSends('>r1|{"restart":true}');
  setup.last().serverSends('>r1|{"restart":true}');
  await settle();
  assert.equal(setup.connection.restarts, 1);
  await setup.clock.advance(2_000);
  setup.last().serverSends('>r1|{"restart":true}');
  await settle();
  assert.equal(setup.connection.restarts, 2);
});

test('the answering side of a restart gathers with fresh credentials, too', async () => {
  const setup = await inCall({ match: { initiator: false } });
  await setup.clock.advance(25 * 3_600_000);
  setup.last().serverSends('>r1|{"description":{"type":"offer","sdp":"a=ice-ufrag:p1\\r\\n"},"n":2}');
  await settle();
  const answers = () => payloads(setup.last()).filter(({ re }) => re === 2);
  assert.deepEqual(answers(), [], 'answered with expired credentials');
  setup.server.answer(turnBody(setup.clock, { username: 'fresh' }));
  await settle();
  assert.equal(setup.connection.configuration.iceServers[1].username, 'fresh');
  assert.equal(answers().length, 1);
});

test('two failed tries: back to searching by itself', async () => {
  const setup = await inCall();
  setup.connection.setState('failed');
  await setup.clock.advance(16_000);
  assert.equal(setup.camdiv.state, 'searching');
  assert.equal(setup.of('state').at(-1).reason, 'connection-lost');
  assert.equal(setup.last().ofType('start').length, 2);
  assert.equal(setup.connection.closed, true);
  assert.deepEqual(setup.of('recovering').map(({ attempt }) => attempt), [1, 2]);
});

test('never connected: searches on after 20 s', async () => {
  const setup = await inRoom();
  await setup.clock.advance(20_000);
  assert.equal(setup.of('state').at(-1).reason, 'never-connected');
  assert.equal(setup.last().ofType('start').length, 2);
});

test('a network change renews the line and the routes', async () => {
  const setup = await inCall();
  setup.environment.events.dispatchEvent(new Event('online'));
  await settle();
  assert.equal(setup.sockets.length, 2);
  assert.equal(setup.connection.restarts, 0, 'nobody could hear of it yet');
  await welcome(setup, { resumed: true, state: 'in-room', match: matched() });
  assert.equal(setup.connection.restarts, 1);
  assert.equal(setup.camdiv.state, 'connected');
});

test('ICE late: STUN first, then setConfiguration and a restart while not connected', async () => {
  const setup = await online({ turn: false });
  setup.camdiv.start({ chat: 'video' });
  setup.last().serverSends(matched());
  await setup.clock.advance(5_000);
  const connection = setup.open()[0];
  assert.equal(connection.configuration.iceServers.some(({ username }) => username), false);
  assert.equal(setup.of('relay').at(-1).complete, false);
  setup.server.answer(turnBody(setup.clock, { username: 'late' }));
  await settle();
  assert.equal(connection.configuration.iceServers[1].username, 'late');
  assert.equal(connection.restarts, 1);
  assert.equal(setup.of('relay').at(-1).complete, true);
});

test('ICE late, but connected by then: configured for later, not restarted', async () => {
  const setup = await online({ turn: false });
  setup.camdiv.start({ chat: 'video' });
  setup.last().serverSends(matched());
  await setup.clock.advance(5_000);
  const connection = setup.open()[0];
  connection.setState('connected');
  setup.server.answer(turnBody(setup.clock, { username: 'late' }));
  await settle();
  assert.equal(connection.configuration.iceServers[1].username, 'late');
  assert.equal(connection.restarts, 0);
});

test('resume in the same room leaves the call alone and delivers what was kept', async () => {
  const setup = await inCall();
  setup.last().serverCloses(1006);
  setup.camdiv.sendText('written while away');
  await setup.clock.advance(500);
  setup.last().serverOpens();
  assert.equal(setup.last().messages[0].room, 'r1');
  setup.last().serverSends({ type: 'welcome', user: 'u1', session: 's2', resumed: true, state: 'in-room', match: matched() });
  await settle();
  assert.deepEqual(payloads(setup.last()), [{ text: 'written while away' },
    { media: { audio: true, video: true, screen: false } }]);
  assert.deepEqual(setup.open(), [setup.connection]);
  assert.equal(setup.last().ofType('start').length, 0);
  assert.equal(setup.last().ofType('ack').length, 0);
  assert.equal(setup.camdiv.state, 'connected');
});

test('welcome idle while the user wants to search: starts again and says so', async () => {
  const setup = await online();
  setup.camdiv.start({ chat: 'text', interests: ['go'] });
  setup.last().serverSends({ type: 'searching', chat: 'text', waiting: 1 });
  setup.last().serverCloses(1012);
  await setup.clock.advance(3_000);
  await welcome(setup, { state: 'idle' });
  assert.deepEqual(setup.last().ofType('start'), [{ type: 'start', chat: 'text', interests: ['go'], languages: [] }]);
  assert.equal(setup.camdiv.state, 'searching');
});

test('welcome searching: keeps its place and does not start again', async () => {
  const setup = await online();
  setup.camdiv.start({ chat: 'text' });
  setup.last().serverSends({ type: 'searching', chat: 'text', waiting: 1 });
  setup.last().serverCloses(1006);
  await setup.clock.advance(500);
  await welcome(setup, { state: 'searching', chat: 'text', resumed: true });
  assert.equal(setup.last().ofType('start').length, 0);
});

test('a start that was lost with the line is sent again', async () => {
  const setup = await online();
  setup.camdiv.start({ chat: 'text' });
  setup.last().serverCloses(1006);
  await setup.clock.advance(500);
  await welcome(setup, { state: 'searching', chat: 'audio', resumed: true });
  assert.equal(setup.last().ofType('start').length, 1);
});

test('a matched that was lost with the line comes with the welcome', async () => {
  const setup = await online();
  setup.camdiv.start({ chat: 'video' });
  setup.last().serverCloses(1006);
  await setup.clock.advance(500);
  await welcome(setup, { state: 'in-room', resumed: true, match: matched() });
  assert.deepEqual(setup.last().ofType('ack'), [{ type: 'ack', room: 'r1' }]);
  assert.equal(setup.camdiv.match.room, 'r1');
});

test('a next that was lost with the line is not undone by the welcome', async () => {
  const setup = await inCall();
  setup.last().serverCloses(1006);
  setup.camdiv.next();
  await setup.clock.advance(500);
  await welcome(setup, { state: 'in-room', resumed: true, match: matched() });
  assert.equal(setup.camdiv.match, null);
  assert.equal(setup.last().ofType('start').length, 1);
  assert.equal(setup.last().ofType('ack').length, 0);
});

test('a stop that was lost with the line is made good', async () => {
  const setup = await inCall();
  setup.last().serverCloses(1006);
  setup.camdiv.stop();
  await setup.clock.advance(500);
  await welcome(setup, { state: 'in-room', resumed: true, match: matched() });
  assert.equal(setup.last().ofType('stop').length, 1);
  assert.equal(setup.camdiv.state, 'idle');
});

test('the room is gone on resume: told once, idle', async () => {
  const setup = await inCall();
  setup.last().serverCloses(1006);
  await setup.clock.advance(500);
  await welcome(setup, { state: 'idle', resumed: true });
  assert.deepEqual(setup.of('peer-left').map(({ room, reason }) => [room, reason]), [['r1', 'gone']]);
  assert.equal(setup.camdiv.state, 'idle');
  assert.equal(setup.connection.closed, true);
});

test('another room on resume: the old one is over, the new one is taken', async () => {
  const setup = await inCall();
  setup.last().serverCloses(1006);
  await setup.clock.advance(500);
  await welcome(setup, { state: 'in-room', resumed: true, match: matched({ room: 'r2' }) });
  assert.equal(setup.camdiv.match.room, 'r2');
  assert.deepEqual(setup.of('peer-left').map(({ room }) => room), ['r1']);
  assert.deepEqual(setup.last().ofType('ack'), [{ type: 'ack', room: 'r2' }]);
});

test('the stranger leaves after a talk: idle, and the page decides', async () => {
  const setup = await inCall();
  setup.last().serverSends({ type: 'peer-left', room: 'r1', reason: 'next' });
  assert.equal(setup.camdiv.state, 'idle');
  assert.equal(setup.of('peer-left')[0].reason, 'next');
  setup.camdiv.next();
  assert.equal(setup.last().ofType('start').length, 2);
});

test('the stranger leaves before there was a talk: searches on by itself', async () => {
  const setup = await inRoom();
  setup.last().serverSends({ type: 'peer-left', room: 'r1', reason: 'stop' });
  assert.equal(setup.camdiv.state, 'searching');
  assert.equal(setup.last().ofType('start').length, 2);
});

test('unresponsive stranger: the server puts this side back in the queue, no start is sent', async () => {
  const setup = await inRoom();
  setup.last().serverSends({ type: 'peer-left', room: 'r1', reason: 'unresponsive' });
  setup.last().serverSends({ type: 'searching', chat: 'video', waiting: 3, requeued: true });
  await setup.clock.advance(10_000);
  assert.equal(setup.last().ofType('start').length, 1);
  assert.deepEqual(setup.of('searching').at(-1), { name: 'searching', chat: 'video', waiting: 3, requeued: true });
});

test('unresponsive oneself: asks again after a moment', async () => {
  const setup = await inRoom();
  setup.last().serverSends({ type: 'peer-left', room: 'r1', reason: 'unresponsive' });
  await setup.clock.advance(1_500);
  assert.equal(setup.last().ofType('start').length, 2);
});

test('events of an older room do not touch the present one', async () => {
  const setup = await inCall();
  setup.camdiv.next();
  setup.last().serverSends(matched({ room: 'r2' }));
  await settle();
  for (const type of ['peer-left', 'peer-away', 'peer-back']) setup.last().serverSends({ type, room: 'r1', reason: 'gone' });
  setup.last().serverSends('>r1|{"text":"late"}');
  assert.equal(setup.camdiv.match.room, 'r2');
  assert.deepEqual(setup.of('peer-left'), []);
  assert.deepEqual(setup.of('text'), []);
});

test('a match that crosses a stop on the way is not taken', async () => {
  const setup = await online();
  setup.camdiv.start({ chat: 'text' });
  setup.camdiv.stop();
  setup.last().serverSends(matched({ chat: 'text' }));
  setup.last().serverSends({ type: 'searching', chat: 'text', waiting: 1 });
  assert.equal(setup.camdiv.state, 'idle');
  assert.equal(setup.last().ofType('ack').length, 0);
});

test('a match from before a new start is taken back by the searching that follows', async () => {
  const setup = await online();
  setup.camdiv.start({ chat: 'video' });
  setup.camdiv.start({ chat: 'text' });
  setup.last().serverSends(matched());
  setup.last().serverSends({ type: 'searching', chat: 'text', waiting: 1 });
  await settle();
  assert.equal(setup.camdiv.match, null);
  assert.equal(setup.camdiv.state, 'searching');
  assert.deepEqual(setup.open().filter(({ localDescription }) => localDescription), []);
});

test('peer-away holds recovery until peer-back', async () => {
  const setup = await inCall();
  setup.last().serverSends({ type: 'peer-away', room: 'r1' });
  setup.connection.setState('failed');
  await setup.clock.advance(25_000);
  assert.equal(setup.connection.restarts, 0);
  setup.last().serverSends({ type: 'peer-back', room: 'r1' });
  await settle();
  assert.equal(setup.connection.restarts, 1);
});

test('text: sent as it is, received as it is, empty and overlong refused', async () => {
  const setup = await inRoom({ match: { chat: 'text' } });
  setup.camdiv.sendText('<b>hi</b> | there');
  assert.deepEqual(payloads(setup.last()), [{ text: '<b>hi</b> | there' }]);
  assert.throws(() => setup.camdiv.sendText('  '), { code: 'bad-argument' });
  assert.throws(() => setup.camdiv.sendText('x'.repeat(4_001)), { code: 'too-long' });
  setup.last().serverSends('>r1|{"text":"<i>yo</i>"}');
  assert.equal(setup.of('text')[0].text, '<i>yo</i>');
  setup.last().serverSends(`>r1|${JSON.stringify({ text: 'y'.repeat(9_000) })}`);
  assert.equal(setup.of('text')[1].text.length, 4_000);
  setup.camdiv.stop();
  assert.throws(() => setup.camdiv.sendText('anyone?'), { code: 'not-in-room' });
});

test('a frame larger than the server takes is not sent', async () => {
  const setup = made();
  setup.camdiv.connect();
  await settle();
  await welcome(setup, { maxFrameBytes: 100 });
  setup.camdiv.start({ chat: 'text' });
  setup.last().serverSends(matched({ chat: 'text' }));
  assert.throws(() => setup.camdiv.sendText('ü'.repeat(60)), { code: 'too-long' });
  assert.equal(setup.last().frames.length, 0);
});

test('typing is told when it changes', async () => {
  const setup = await inRoom({ match: { chat: 'text' } });
  for (const typing of [true, true, false, false, true]) setup.camdiv.setTyping(typing);
  assert.deepEqual(payloads(setup.last()), [{ typing: true }, { typing: false }, { typing: true }]);
  setup.last().serverSends('>r1|{"typing":true}');
  assert.equal(setup.of('typing')[0].typing, true);
});

test('media: what is on is told, and told again when it changes', async () => {
  const setup = await inRoom();
  const audio = fakeTrack('audio');
  audio.enabled = false;
  setup.camdiv.setTrack('audio', audio);
  setup.camdiv.setTrack('video', null);
  const told = payloads(setup.last()).filter(({ media }) => media).map(({ media }) => [media.audio, media.video, media.screen]);
  assert.deepEqual(told, [[true, true, false], [false, true, false], [false, false, false]]);
  setup.last().serverSends('>r1|{"media":{"audio":true,"video":false,"screen":"s"}}');
  assert.deepEqual(setup.of('peer-media')[0], { name: 'peer-media', audio: true, video: false, screen: true });
});

test('another camera needs no negotiation', async () => {
  const setup = await inCall();
  const before = payloads(setup.last()).filter(({ description }) => description).length;
  const other = fakeTrack('video');
  setup.camdiv.setTrack('video', other);
  await settle();
  assert.equal(setup.connection.getTransceivers()[1].sender.track, other);
  assert.equal(payloads(setup.last()).filter(({ description }) => description).length, before);
});

test('a screen is announced before it is offered, shared again on the same line, and ends with the room', async () => {
  const setup = await inCall();
  for (let round = 0; round < 3; round += 1) {
    const before = setup.last().frames.length;
    setup.camdiv.setScreen(fakeTrack('video'));
    await settle();
    const news = payloads(setup.last()).slice(before);
    assert.equal(typeof news[0].media.screen, 'string');
    assert.equal(news.filter(({ description }) => description?.type === 'offer').length, 1);
    setup.last().serverSends(`>r1|${JSON.stringify({ description: { type: 'answer', sdp: 'a=ice-ufrag:p0\r\n' } })}`);
    await settle();
    setup.camdiv.setScreen(null);
    await settle();
    setup.last().serverSends(`>r1|${JSON.stringify({ description: { type: 'answer', sdp: 'a=ice-ufrag:p0\r\n' } })}`);
    await settle();
  }
  assert.equal(setup.connection.getTransceivers().length, 3);
  setup.camdiv.setScreen(fakeTrack('video'));
  setup.camdiv.next();
  setup.last().serverSends(matched({ room: 'r2' }));
  await settle();
  assert.equal(payloads(setup.last(), 'r2').find(({ media }) => media).media.screen, false);
});

test('report: present or last stranger, answered by id', async () => {
  const setup = await inCall();
  const first = setup.camdiv.report('  spam  ');
  assert.deepEqual(setup.last().ofType('report'), [{ type: 'report', room: 'r1', reason: 'spam' }]);
  setup.last().serverSends({ type: 'reported', id: 'x1' });
  assert.equal(await first, 'x1');
  setup.camdiv.stop();
  const second = setup.camdiv.report('more');
  setup.last().serverSends({ type: 'error', code: 'not-in-room', message: 'no', fatal: false });
  await assert.rejects(second, { code: 'not-in-room' });
  for (const code of ['rate-limited', 'unavailable']) {
    const refused = setup.camdiv.report('again');
    setup.last().serverSends({ type: 'error', code, message: 'no', fatal: false });
    await assert.rejects(refused, { code });
  }
  await assert.rejects(setup.camdiv.report(' '), { code: 'bad-argument' });
  await assert.rejects(setup.camdiv.report('x'.repeat(501)), { code: 'bad-argument' });
  const third = setup.camdiv.report('silence');
  const refused = assert.rejects(third, { code: 'timeout' });
  await setup.clock.advance(10_000);
  await refused;
});

test('report with nobody met is refused', async () => {
  await assert.rejects(made().camdiv.report('x'), { code: 'not-in-room' });
});

test('block leaves the room and can be said afterwards, too', async () => {
  const setup = await inCall();
  setup.camdiv.block();
  assert.deepEqual(setup.last().ofType('block'), [{ type: 'block', room: 'r1' }]);
  assert.equal(setup.camdiv.state, 'idle');
  assert.equal(setup.connection.closed, true);
  setup.camdiv.block();
  assert.equal(setup.last().ofType('block').length, 2);
  assert.throws(() => made().camdiv.block(), { code: 'not-in-room' });
});

test('relay only: policy relay; refused where there is no relay, allowed for text', async () => {
  const setup = await online({ options: { relayOnly: true } });
  setup.camdiv.start({ chat: 'video' });
  await settle();
  assert.equal(setup.connections[0].configuration.iceTransportPolicy, 'relay');

  const bare = await online({ options: { relayOnly: true }, turn: false });
  bare.camdiv.start({ chat: 'video' });
  await settle();
  bare.server.answer({ iceServers: [{ urls: 'stun:x' }], ttl: 86_400 });
  await settle();
  assert.deepEqual(bare.of('relay').at(-1), { name: 'relay', relay: false, complete: true });
  assert.throws(() => bare.camdiv.start({ chat: 'video' }), { code: 'relay-unavailable' });
  bare.camdiv.start({ chat: 'text' });
  assert.equal(bare.camdiv.state, 'searching');
});

test('relay only switched while searching: what was gathered openly is thrown away', async () => {
  const setup = await online();
  setup.camdiv.start({ chat: 'video' });
  await settle();
  setup.camdiv.setRelayOnly(true);
  await settle();
  assert.equal(setup.connections[0].closed, true);
  assert.equal(setup.connections[1].configuration.iceTransportPolicy, 'relay');
});

test('replaced by another tab: everything ends, nothing comes back', async () => {
  const setup = await inCall();
  setup.last().serverCloses(4409);
  assert.equal(setup.camdiv.link, 'stopped');
  assert.equal(setup.camdiv.state, 'idle');
  assert.equal(setup.of('state').at(-1).reason, 'replaced');
  assert.equal(setup.connection.closed, true);
  await setup.clock.advance(600_000);
  assert.equal(setup.sockets.length, 1);
});

test('draining during a call: the call goes on', async () => {
  const setup = await inCall();
  setup.last().serverSends({ type: 'draining', retryMs: 1_000 });
  setup.last().serverCloses(1012);
  assert.equal(setup.camdiv.state, 'connected');
  await setup.clock.advance(1_000);
  await welcome(setup, { resumed: true, state: 'in-room', match: matched() });
  assert.equal(setup.camdiv.state, 'connected');
  assert.equal(setup.connection.closed, false);
});

test('a busy server is asked again', async () => {
  const setup = await online();
  setup.camdiv.start({ chat: 'text' });
  setup.last().serverSends({ type: 'error', code: 'unavailable', message: 'busy', fatal: false });
  await setup.clock.advance(3_000);
  assert.equal(setup.last().ofType('start').length, 2);
  assert.equal(setup.of('error')[0].code, 'unavailable');
});

test('close leaves the queue and the line', async () => {
  const setup = await inCall();
  setup.camdiv.close();
  assert.equal(setup.last().ofType('stop').length, 1);
  assert.equal(setup.camdiv.link, 'offline');
  assert.deepEqual(setup.open(), []);
});

test('an expired prepared connection is not used', async () => {
  const setup = await online();
  setup.camdiv.start({ chat: 'video' });
  await settle();
  await setup.clock.advance(24 * 3_600_000);
  setup.last().serverSends(matched());
  await settle();
  assert.equal(setup.connections[0].closed, true);
  setup.server.answer(turnBody(setup.clock, { username: 'fresh' }));
  await settle();
  assert.equal(setup.open()[0].configuration.iceServers[1].username, 'fresh');
});

test('a match that comes while preparing waits for it: one connection, not two', async () => {
  const setup = await online({ turn: false });
  setup.camdiv.start({ chat: 'video' });
  await settle();
  setup.last().serverSends(matched());
  setup.server.answer(turnBody(setup.clock));
  await settle();
  assert.equal(setup.connections.length, 1);
  assert.equal(setup.connections[0].localDescription.type, 'offer');
});

test('who stops holds nothing on a relay', async () => {
  const setup = await online();
  setup.camdiv.start({ chat: 'video' });
  await settle();
  setup.camdiv.stop();
  await settle();
  assert.deepEqual(setup.open(), []);
});

test('who stops while preparing is left with nothing prepared', async () => {
  const setup = await online({ turn: false });
  setup.camdiv.start({ chat: 'video' });
  await settle();
  setup.camdiv.stop();
  setup.server.answer(turnBody(setup.clock));
  await settle();
  assert.equal(setup.connections.length, 0);
});

test('relay only: searches to be given a relay, and leaves the queue when none comes soon', async () => {
  const setup = await online({ options: { relayOnly: true }, turn: false });
  setup.camdiv.start({ chat: 'video' });
  await setup.clock.advance(1_499);
  assert.equal(setup.last().ofType('start').length, 1);
  assert.equal(setup.last().ofType('stop').length, 0);
  await setup.clock.advance(1);
  assert.equal(setup.last().ofType('stop').length, 1);
  assert.equal(setup.camdiv.state, 'searching');
  setup.last().serverSends(matched());
  assert.equal(setup.camdiv.state, 'searching', 'a match that crossed the stop was taken');
  await setup.clock.advance(10_000);
  assert.equal(setup.last().ofType('start').length, 1);
  setup.server.answer(turnBody(setup.clock));
  await setup.clock.advance(0);
  assert.equal(setup.last().ofType('start').length, 2);
  setup.last().serverSends(matched({ room: 'r2' }));
  await settle();
  assert.equal(setup.open()[0].configuration.iceServers[1].username, 'u');
});

test('relay only: a relay that is given at once is waited for in the room', async () => {
  const setup = await online({ options: { relayOnly: true }, turn: false });
  setup.camdiv.start({ chat: 'video' });
  await settle();
  setup.last().serverSends(matched());
  await settle();
  setup.server.answer(turnBody(setup.clock));
  await setup.clock.advance(2_000);
  assert.equal(setup.last().ofType('stop').length, 0);
  assert.equal(setup.open()[0].configuration.iceTransportPolicy, 'relay');
  assert.equal(setup.open()[0].configuration.iceServers[1].username, 'u');
});

test('relay only, matched, and no relay comes: the stranger is let go', async () => {
  const setup = await online({ options: { relayOnly: true }, turn: false });
  setup.camdiv.start({ chat: 'video' });
  await settle();
  setup.last().serverSends(matched());
  await setup.clock.advance(1_500);
  assert.equal(setup.last().ofType('stop').length, 1);
  assert.equal(setup.camdiv.match, null);
  assert.equal(setup.camdiv.state, 'searching');
});

test('relay only, refused credentials: asks again, searching, every few seconds', async () => {
  const setup = await online({ options: { relayOnly: true }, turn: false });
  setup.camdiv.start({ chat: 'video' });
  await settle();
  setup.server.answer({}, { status: 403 });
  await settle();
  assert.equal(setup.last().ofType('stop').length, 1);
  await setup.clock.advance(3_000);
  assert.equal(setup.last().ofType('start').length, 2);
  assert.equal(setup.server.requests.length, 2);
  setup.server.answer(turnBody(setup.clock));
  await settle();
  assert.equal(setup.last().ofType('stop').length, 1);
});

test('relay only, and the configuration that comes has no relay: stops and says so', async () => {
  const setup = await online({ options: { relayOnly: true }, turn: false });
  setup.camdiv.start({ chat: 'video' });
  await settle();
  setup.server.answer({ iceServers: [{ urls: 'stun:x' }], ttl: 86_400 });
  await settle();
  assert.equal(setup.camdiv.state, 'idle');
  assert.equal(setup.of('error').at(-1).code, 'relay-unavailable');
  assert.equal(setup.last().ofType('stop').length, 1);
});

test('refused while the server had not taken in the search: asked again when it says searching', async () => {
  const setup = await online({ turn: false });
  setup.camdiv.start({ chat: 'video' });
  await settle();
  setup.server.answer({ error: 'idle' }, { status: 403 });
  await settle();
  assert.equal(setup.connections.length, 0);
  setup.last().serverSends({ type: 'searching', chat: 'video', waiting: 1, requeued: false });
  await settle();
  assert.equal(setup.server.requests.length, 2);
  setup.server.answer(turnBody(setup.clock));
  await settle();
  assert.equal(setup.connections.length, 1);
});

test('refused while the server had not taken in the search: asked again in the room', async () => {
  const setup = await online({ turn: false });
  setup.camdiv.start({ chat: 'video' });
  await settle();
  setup.server.answer({ error: 'idle' }, { status: 403 });
  await settle();
  setup.last().serverSends(matched());
  await settle();
  assert.equal(setup.server.requests.length, 2);
  setup.server.answer(turnBody(setup.clock));
  await settle();
  assert.equal(setup.open()[0].configuration.iceServers[1].username, 'u');
});

test('a line that is down asks for no credentials', async () => {
  const setup = await online();
  setup.last().serverCloses(1006);
  setup.camdiv.start({ chat: 'video' });
  await settle();
  assert.equal(setup.server.requests.length, 0);
  await setup.clock.advance(2_000);
  await welcome(setup, { resumed: true });
  assert.equal(setup.server.requests.length, 1);
});

test('credentials of ten minutes: a restart late in the call is given new ones first', async () => {
  const setup = await online({ turn: false });
  setup.server.first = () => turnBody(setup.clock, { ttl: 600, refresh: 150, username: 'old' });
  setup.camdiv.start({ chat: 'video' });
  await settle();
  setup.last().serverSends(matched());
  await settle();
  const [connection] = setup.open();
  setup.last().serverSends(`>r1|${JSON.stringify({ description: { type: 'answer', sdp: 'a=ice-ufrag:p0\r\n' }, re: 1 })}`);
  await settle();
  connection.stats = statsOf({ local: { candidateType: 'relay', protocol: 'udp' } });
  connection.setState('connected');
  await settle();
  await setup.clock.advance(151_000);
  const calls = [];
  const { setConfiguration, restartIce } = connection;
  connection.setConfiguration = function (value) { calls.push(value.iceServers[1].username); setConfiguration.call(this, value); };
  connection.restartIce = function () { calls.push('restart'); restartIce.call(this); };
  connection.setState('failed');
  await settle();
  assert.equal(setup.server.requests.length, 2);
  setup.server.answer(turnBody(setup.clock, { ttl: 600, refresh: 150, username: 'new' }));
  await settle();
  assert.deepEqual(calls, ['new', 'restart']);
});

test('credentials of one minute: what was prepared serves for three quarters of it', async () => {
  for (const [waitedMs, used] of [[44_000, true], [46_000, false]]) {
    const setup = await online({ turn: false });
    setup.server.first = () => turnBody(setup.clock, { ttl: 60 });
    setup.camdiv.start({ chat: 'video' });
    await settle();
    await setup.clock.advance(waitedMs);
    setup.last().serverSends(matched());
    await settle();
    assert.equal(!setup.connections[0].closed, used);
  }
});

test('a closed client hears of the network no more', async () => {
  const setup = await inCall();
  setup.camdiv.close();
  setup.environment.events.dispatchEvent(new Event('online'));
  await setup.clock.advance(60_000);
  assert.equal(setup.sockets.length, 1);
  assert.equal(setup.clock.pending, 0);
});
