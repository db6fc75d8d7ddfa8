import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sessions } from '../../../Gateway/wwwroot/camdiv/sessions.js';
import { Signaling } from '../../../Gateway/wwwroot/camdiv/signaling.js';
import { FakeBrowser } from '../fakes/browser.js';
import { settle } from '../fakes/clock.js';

function line({ browser = new FakeBrowser(), room = () => null, overrides = {} } = {}) {
  const environment = browser.tab(overrides);
  const links = [];
  const received = [];
  const signaling = new Signaling({
    environment,
    sessions: new Sessions(environment),
    url: 'ws://test/ws',
    client: 'test/1',
    handlers: {
      room,
      welcome: (welcome) => received.push(welcome),
      message: (message) => received.push(message),
      frame: (frameRoom, payload) => received.push({ frameRoom, payload }),
      link: (link, reason, retryInMs) => links.push({ link, reason, retryInMs }),
    },
  });
  const sockets = environment.WebSocket.all;
  return { browser, clock: browser.clock, environment, signaling, links, received, sockets, last: () => sockets.at(-1) };
}

async function welcomed(options) {
  const made = line(options);
  made.signaling.connect();
  await settle();
  made.last().serverOpens();
  made.last().serverSends({ type: 'welcome', user: 'u1', session: 's1', state: 'idle' });
  await settle();
  return made;
}

test('the first frame is hello, without a session the first time', async () => {
  const { signaling, last } = line();
  signaling.connect();
  await settle();
  assert.equal(last().protocol, 'camdiv.v1');
  assert.deepEqual(last().sent, []);
  last().serverOpens();
  assert.deepEqual(last().messages, [{ type: 'hello', client: 'test/1' }]);
});

test('hello names the stored session and the room the client is in', async () => {
  const { browser } = await welcomed();
  const again = line({ browser, room: () => 'r7' });
  again.signaling.connect();
  await settle();
  again.last().serverOpens();
  assert.deepEqual(again.last().messages, [{ type: 'hello', session: 's1', room: 'r7', client: 'test/1' }]);
});

test('nothing is sent before the welcome', async () => {
  const { signaling, last } = line();
  signaling.connect();
  await settle();
  last().serverOpens();
  assert.equal(signaling.send({ type: 'start' }), false);
  last().serverSends({ type: 'welcome', user: 'u', session: 's' });
  assert.equal(signaling.send({ type: 'start' }), true);
});

for (const [code, reason] of [[4400, 'misuse'], [4409, 'replaced']]) {
  test(`close ${code} stops for good`, async () => {
    const { clock, last, links, sockets } = await welcomed();
    last().serverCloses(code);
    assert.deepEqual(links.at(-1), { link: 'stopped', reason, retryInMs: null });
    await clock.advance(3_600_000);
    assert.equal(sockets.length, 1);
  });
}

for (const [code, reason, least, most] of [
  [1001, 'restart', 250, 2_500],
  [1012, 'restart', 250, 2_500],
  [1009, 'too-large', 250, 500],
  [4408, 'late-hello', 250, 500],
  [4413, 'slow-consumer', 250, 500],
  [4429, 'rate-limited', 5_000, 10_000],
  [1006, 'lost', 250, 500],
  [1011, 'lost', 250, 500],
]) {
  test(`close ${code} comes back after ${least} to ${most} ms with the same session`, async () => {
    const { clock, last, links, sockets } = await welcomed();
    last().serverCloses(code);
    const { link, reason: told, retryInMs } = links.at(-1);
    assert.equal(link, 'waiting');
    assert.equal(told, reason);
    assert.ok(retryInMs >= least && retryInMs <= most, `${retryInMs}`);
    await clock.advance(retryInMs - 1);
    assert.equal(sockets.length, 1);
    await clock.advance(1);
    assert.equal(sockets.length, 2);
    last().serverOpens();
    assert.equal(last().messages[0].session, 's1');
  });
}

test('close 4401 comes back without the session that ended', async () => {
  const { clock, last, links } = await welcomed();
  last().serverCloses(4401);
  const { link, reason, retryInMs } = links.at(-1);
  assert.deepEqual({ link, reason }, { link: 'waiting', reason: 'session-over' });
  await clock.advance(retryInMs);
  last().serverOpens();
  assert.equal('session' in last().messages[0], false);
});

test('a fresh token is kept and presented next', async () => {
  const { clock, last, links } = await welcomed();
  last().serverSends({ type: 'session', session: 's2' });
  last().serverCloses(1006);
  await clock.advance(links.at(-1).retryInMs);
  last().serverOpens();
  assert.equal(last().messages[0].session, 's2');
});

test('forget tells the server and begins again as somebody new', async () => {
  const { clock, last, links, signaling } = await welcomed();
  assert.equal(signaling.forget(), true);
  assert.deepEqual(last().messages.at(-1), { type: 'forget' });
  last().serverCloses(1000);
  await clock.advance(links.at(-1).retryInMs);
  last().serverOpens();
  assert.equal('session' in last().messages[0], false);
});

test('pauses double up to a bound and are jittered', async () => {
  const { clock, last, links } = await welcomed();
  const pauses = [];
  for (let round = 0; round < 12; round += 1) {
    last().serverCloses(1006);
    pauses.push(links.at(-1).retryInMs);
    await clock.advance(links.at(-1).retryInMs);
  }
  pauses.forEach((pause, round) => {
    const ceiling = Math.min(30_000, 500 * 2 ** round);
    assert.ok(pause >= ceiling / 2 && pause <= ceiling, `round ${round}: ${pause}`);
  });
  assert.ok(new Set(pauses.slice(6)).size > 1, 'no jitter');
});

test('a server that welcomes and closes in a loop meets growing pauses; a settled line starts over', async () => {
  const { clock, last, links } = await welcomed();
  for (let round = 0; round < 6; round += 1) {
    last().serverCloses(4413);
    await clock.advance(links.at(-1).retryInMs);
    last().serverOpens();
    last().serverSends({ type: 'welcome', user: 'u1', session: 's1' });
  }
  last().serverCloses(4413);
  assert.ok(links.at(-1).retryInMs >= 8_000);
  await clock.advance(links.at(-1).retryInMs);
  last().serverOpens();
  last().serverSends({ type: 'welcome', user: 'u1', session: 's1' });
  await clock.advance(10_000);
  last().serverCloses(4413);
  assert.ok(links.at(-1).retryInMs <= 500);
});

test('4429 grows to two minutes and is not cut short by a network change', async () => {
  const { clock, last, links, signaling, sockets } = await welcomed();
  for (let round = 0; round < 6; round += 1) {
    last().serverCloses(4429);
    await clock.advance(links.at(-1).retryInMs);
  }
  last().serverCloses(4429);
  const before = sockets.length;
  assert.ok(links.at(-1).retryInMs >= 60_000 && links.at(-1).retryInMs <= 120_000);
  signaling.refresh();
  assert.equal(sockets.length, before);
});

test('draining: comes back after the server\'s own delay, counted from the notice', async () => {
  const { clock, last, links, sockets } = await welcomed();
  last().serverSends({ type: 'draining', retryMs: 4_000 });
  assert.deepEqual(links.at(-1), { link: 'draining', reason: 'restart', retryInMs: 4_000 });
  await clock.advance(1_500);
  last().serverCloses(1012);
  assert.deepEqual(links.at(-1), { link: 'waiting', reason: 'restart', retryInMs: 2_500 });
  await clock.advance(2_499);
  assert.equal(sockets.length, 1);
  await clock.advance(1);
  assert.equal(sockets.length, 2);
});

test('draining without a close: goes elsewhere by itself, keeping the old socket until the welcome', async () => {
  const { clock, last, sockets } = await welcomed();
  last().serverSends({ type: 'draining', retryMs: 1_000 });
  await clock.advance(1_000);
  assert.equal(sockets.length, 2);
  assert.equal(sockets[0].closedByClient, undefined);
  last().serverOpens();
  last().serverSends({ type: 'welcome', user: 'u1', session: 's2' });
  assert.equal(sockets[0].closedByClient, true);
});

test('a server that does not answer hello is given up after 10 s', async () => {
  const { clock, signaling, last, links, sockets } = line();
  signaling.connect();
  await settle();
  last().serverOpens();
  await clock.advance(10_000);
  assert.equal(links.at(-1).reason, 'no-answer');
  assert.equal(sockets[0].closedByClient, true);
  await clock.advance(500);
  assert.equal(sockets.length, 2);
});

test('what an older socket still says is not heard', async () => {
  const { signaling, received, sockets, links } = await welcomed();
  signaling.refresh();
  const before = received.length;
  sockets[0].serverSends({ type: 'searching' });
  sockets[0].serverCloses(4409);
  assert.equal(received.length, before);
  assert.equal(links.at(-1).link, 'connecting');
});

test('frames and messages that are not of the protocol are dropped', async () => {
  const { last, received } = await welcomed();
  const before = received.length;
  for (const junk of ['', '>', '>noroom', '>bad room|{}', '>r|not json', '>r|[1]', '>r|null', '{', 'x', '[]', '>' + 'r'.repeat(33) + '|{}']) {
    last().serverSends(junk);
  }
  last().onmessage({ data: new ArrayBuffer(4) });
  assert.equal(received.length, before);
  last().serverSends('>r1|{"text":"a|b"}');
  assert.deepEqual(received.at(-1), { frameRoom: 'r1', payload: { text: 'a|b' } });
});

test('two tabs: the newest replaces the older, by claim alone, and the older does not come back by itself', async () => {
  const first = await welcomed();
  const second = line({ browser: first.browser });
  second.signaling.connect();
  await settle();
  assert.deepEqual(first.links.at(-1), { link: 'stopped', reason: 'replaced', retryInMs: null });
  await first.clock.advance(600_000);
  assert.equal(first.sockets.length, 1);
});

test('two tabs: the older one, offline meanwhile, finds itself replaced when it would reconnect', async () => {
  const browser = new FakeBrowser();
  // Without storage events, as in a frozen tab.
  const first = await welcomed({ browser, overrides: { events: null } });
  first.last().serverCloses(1006);
  const second = line({ browser });
  second.signaling.connect();
  await first.clock.advance(30_000);
  assert.equal(first.sockets.length, 1);
  assert.equal(first.links.at(-1).reason, 'replaced');
});

test('two tabs: taken back on request', async () => {
  const first = await welcomed();
  const second = line({ browser: first.browser });
  second.signaling.connect();
  await settle();
  first.signaling.connect();
  await settle();
  assert.equal(second.links.at(-1).reason, 'replaced');
  first.last().serverOpens();
  assert.equal(first.last().messages[0].session, 's1');
});

test('two tabs opened together for the first time become one person', async () => {
  const browser = new FakeBrowser();
  // Neither hears of the other in time: only the lock keeps the second from a hello of its own.
  const first = line({ browser, overrides: { events: null } });
  const second = line({ browser, overrides: { events: null } });
  first.signaling.connect();
  second.signaling.connect();
  await settle();
  assert.equal(second.sockets.length, 0, 'both said hello without a session');
  first.last().serverOpens();
  first.last().serverSends({ type: 'welcome', user: 'u1', session: 's1' });
  await settle();
  second.last().serverOpens();
  assert.equal(second.last().messages[0].session, 's1');
});

test('two tabs opened together: the one that is told lets go at once', async () => {
  const browser = new FakeBrowser();
  const first = line({ browser });
  const second = line({ browser });
  first.signaling.connect();
  second.signaling.connect();
  await settle();
  assert.equal(first.links.at(-1).reason, 'replaced');
  assert.ok(first.sockets.every((socket) => socket.closedByClient));
  assert.equal(second.sockets.length, 1);
});

test('a first hello that fails lets the next tab try', async () => {
  const browser = new FakeBrowser();
  const first = line({ browser, overrides: { events: null } });
  const second = line({ browser });
  first.signaling.connect();
  await settle();
  second.signaling.connect();
  await settle();
  assert.equal(second.sockets.length, 0);
  first.last().serverCloses(1006);
  await settle();
  assert.equal(second.sockets.length, 1);
});

test('storage denied: the identity lasts as long as the page', async () => {
  const denied = {
    getItem() { throw new DOMException('', 'SecurityError'); },
    setItem() { throw new DOMException('', 'SecurityError'); },
    removeItem() { throw new DOMException('', 'SecurityError'); },
  };
  for (const storage of [null, denied]) {
    const { clock, last, links } = await welcomed({ overrides: { storage, locks: null } });
    last().serverCloses(1006);
    await clock.advance(links.at(-1).retryInMs);
    last().serverOpens();
    assert.equal(last().messages[0].session, 's1');
  }
});

test('close ends it, connect begins anew', async () => {
  const { clock, signaling, sockets, links } = await welcomed();
  signaling.close();
  assert.equal(links.at(-1).link, 'offline');
  assert.equal(sockets[0].closedByClient, true);
  await clock.advance(600_000);
  assert.equal(sockets.length, 1);
  signaling.connect();
  await settle();
  assert.equal(sockets.length, 2);
});
