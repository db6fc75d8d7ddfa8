import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IceConfiguration, publicStun } from '../../../Gateway/wwwroot/camdiv/ice.js';
import { FakeBrowser, FakeIceServer, turnBody } from '../fakes/browser.js';
import { settle } from '../fakes/clock.js';

const hour = 3_600_000;

function made({ browser = new FakeBrowser(), server = new FakeIceServer(), user = 'u1', overrides = {} } = {}) {
  const environment = browser.tab({ fetch: server.fetch, ...overrides });
  const session = { current: user && { token: `token-of-${user}`, user } };
  const ice = new IceConfiguration({ environment, url: '/ice-servers', session: () => session.current });
  return { browser, clock: browser.clock, server, ice, session };
}

async function filled(options) {
  const setup = made(options);
  const answer = setup.ice.get();
  await settle();
  setup.server.answer(turnBody(setup.clock, options?.body));
  return { ...setup, answer: await answer };
}

test('asks with the session and the offset from UTC, past the HTTP cache', async () => {
  const { server, clock } = await filled();
  assert.equal(server.last.url, `/ice-servers?utcOffset=${-new Date(clock.now()).getTimezoneOffset()}`);
  assert.equal(server.last.init.headers.Authorization, 'Bearer token-of-u1');
  assert.equal(server.last.init.cache, 'no-store');
});

test('the answer is complete and knows of its relay', async () => {
  const { answer } = await filled();
  assert.equal(answer.complete, true);
  assert.equal(answer.relay, true);
  assert.equal(answer.late, null);
});

test('three concurrent callers, one request', async () => {
  const { ice, server, clock } = made();
  const answers = [ice.get(), ice.get(), ice.get()];
  await settle();
  assert.equal(server.requests.length, 1);
  server.answer(turnBody(clock));
  for (const answer of await Promise.all(answers)) assert.equal(answer.complete, true);
  await ice.get();
  assert.equal(server.requests.length, 1);
});

test('three tabs at once, one request', async () => {
  const browser = new FakeBrowser();
  const server = new FakeIceServer();
  const tabs = [1, 2, 3].map(() => made({ browser, server }));
  const answers = tabs.map(({ ice }) => ice.get());
  await settle();
  assert.equal(server.requests.length, 1);
  server.answer(turnBody(browser.clock));
  for (const answer of await Promise.all(answers)) assert.equal(answer.relay, true);
  assert.equal(server.requests.length, 1);
});

test('a reload finds the answer; another identity does not', async () => {
  const { browser, server } = await filled();
  await made({ browser, server }).ice.get();
  assert.equal(server.requests.length, 1);
  const other = made({ browser, server, user: 'u2' });
  assert.equal(other.ice.peek(), null);
  void other.ice.get();
  await settle();
  assert.equal(server.requests.length, 2);
  assert.equal(server.last.init.headers.Authorization, 'Bearer token-of-u2');
});

for (const [ttlHours, freshHours] of [[24, 6], [7, 6], [5, 4], [1.5, 0.5]]) {
  test(`credentials of ${ttlHours} h are asked for again after ${freshHours} h`, async () => {
    const { ice, clock } = await filled({ body: { ttl: ttlHours * 3600 } });
    await clock.advance(freshHours * hour - 1);
    assert.notEqual(ice.peek(), null);
    await clock.advance(1);
    assert.equal(ice.peek(), null);
  });
}

for (const [ttl, refresh, freshSeconds] of [[600, 150, 150], [600, undefined, 200], [60, 15, 15], [86_400, 600, 600], [600, 86_400, 200],
  [86_400, -1, 21_600], [86_400, 'x', 21_600]]) {
  test(`credentials of ${ttl} s, to be renewed after ${refresh}: asked for again after ${freshSeconds} s, used meanwhile`, async () => {
    const { ice, server, clock } = await filled({ body: { ttl, refresh, username: 'first' } });
    await clock.advance(freshSeconds * 1000 - 1);
    assert.equal((await ice.get()).iceServers[1].username, 'first');
    assert.equal(server.requests.length, 1);
    await clock.advance(1);
    const again = ice.get();
    await settle();
    assert.equal(server.requests.length, 2);
    assert.equal(ice.atHand().iceServers[1].username, 'first');
    server.answer(turnBody(clock, { ttl, refresh, username: 'second' }));
    assert.equal((await again).iceServers[1].username, 'second');
  });
}

test('403 is STUN only for now; whoever asks next is asked for again', async () => {
  const { ice, server, clock } = made();
  const asked = ice.get();
  await settle();
  server.answer({ error: 'idle' }, { status: 403 });
  const answer = await asked;
  assert.equal(answer.complete, false);
  assert.deepEqual(answer.iceServers, publicStun);
  assert.equal(await answer.late, null);
  await clock.advance(600_000);
  assert.equal(server.requests.length, 1);
  const again = ice.get();
  await settle();
  assert.equal(server.requests.length, 2);
  server.answer(turnBody(clock));
  assert.equal((await again).relay, true);
});

test('a wrong device clock does not matter: the lifetime counts, not the hour', async () => {
  const { ice, server, clock } = made();
  void ice.get();
  await settle();
  server.answer({ ...turnBody(clock), expires: Math.floor(clock.now() / 1000) - 999_999 });
  await settle();
  assert.equal(ice.peek().relay, true);
});

test('a clock set back makes the cache worthless, not eternal', async () => {
  const { ice, browser, server } = await filled();
  const past = new FakeBrowser();
  const values = browser.values.get('camdiv.ice');
  past.values.set('camdiv.ice', JSON.stringify({ ...JSON.parse(values), fetchedAt: past.clock.now() + hour }));
  assert.equal(made({ browser: past, server }).ice.peek(), null);
  assert.notEqual(ice.peek(), null);
});

test('server silent for 5 s: STUN only, while the request goes on and its answer is delivered late', async () => {
  const { ice, server, clock } = made();
  let answer = null;
  void ice.get().then((value) => { answer = value; });
  await clock.advance(4_999);
  assert.equal(answer, null);
  await clock.advance(1);
  assert.equal(answer.complete, false);
  assert.equal(answer.relay, false);
  assert.deepEqual(answer.iceServers, publicStun);
  assert.equal(server.last.init.signal.aborted, false);
  server.answer(turnBody(clock));
  const late = await answer.late;
  assert.equal(late.complete, true);
  assert.equal(late.relay, true);
});

test('who asks 3 s into a silent request waits for 2 s, not 5', async () => {
  const { ice, clock } = made();
  void ice.get();
  await clock.advance(3_000);
  let answer = null;
  void ice.get().then((value) => { answer = value; });
  await clock.advance(2_000);
  assert.equal(answer.complete, false);
});

test('server unreachable: STUN only at once, tried again in the background', async () => {
  const { ice, server, clock } = made();
  const asked = ice.get();
  await settle();
  server.fail();
  const answer = await asked;
  assert.equal(answer.complete, false);
  await clock.advance(2_000);
  assert.equal(server.requests.length, 2);
  server.answer(turnBody(clock));
  assert.equal((await answer.late).relay, true);
});

test('tries are bounded', async () => {
  const { ice, server, clock } = made();
  const asked = ice.get();
  await settle();
  server.fail();
  const { late } = await asked;
  for (let round = 0; round < 30; round += 1) {
    await clock.advance(60_000);
    server.last.reject(new TypeError('network'));
    await settle();
  }
  assert.equal(await late, null);
  assert.equal(server.requests.length, 8);
});

test('a request that hangs is aborted after 20 s and made again', async () => {
  const { ice, server, clock } = made();
  void ice.get();
  await clock.advance(20_000);
  assert.equal(server.requests[0].init.signal.aborted, true);
  await clock.advance(2_000);
  assert.equal(server.requests.length, 2);
});

test('429 waits as long as the server says', async () => {
  const { ice, server, clock } = made();
  const asked = ice.get();
  await settle();
  server.answer({}, { status: 429, headers: { 'Retry-After': '30' } });
  assert.equal((await asked).complete, false);
  await clock.advance(29_999);
  assert.equal(server.requests.length, 1);
  await clock.advance(1);
  assert.equal(server.requests.length, 2);
});

test('401 is not repeated with the same session', async () => {
  const { ice, server, clock } = made();
  const asked = ice.get();
  await settle();
  server.answer({}, { status: 401 });
  assert.equal(await (await asked).late, null);
  await clock.advance(600_000);
  assert.equal(server.requests.length, 1);
});

test('an answer without servers or lifetime is none', async () => {
  for (const body of [{}, { iceServers: 'x', ttl: 60 }, { iceServers: [] }, { iceServers: [], ttl: -1 }, null]) {
    const { ice, server } = made();
    const asked = ice.get();
    await settle();
    server.answer(body);
    assert.equal((await asked).complete, false);
  }
});

test('a page open past expiry never gets expired credentials', async () => {
  const { ice, server, clock } = await filled({ body: { username: 'old' } });
  await clock.advance(24 * hour);
  assert.equal(ice.atHand().relay, false);
  const asked = ice.get();
  await settle();
  assert.equal(server.requests.length, 2);
  server.answer(turnBody(clock, { username: 'new' }));
  assert.equal((await asked).iceServers[1].username, 'new');
});

test('stale but valid credentials serve while a fresh request is silent', async () => {
  const { ice, clock } = await filled({ body: { username: 'old' } });
  await clock.advance(7 * hour);
  let answer = null;
  void ice.get().then((value) => { answer = value; });
  await clock.advance(5_000);
  assert.equal(answer.complete, false);
  assert.equal(answer.iceServers[1].username, 'old');
  assert.notEqual(answer.late, null);
});

test('without Web Locks and storage it still works in one page', async () => {
  const { ice, server } = await filled({ overrides: { locks: null, storage: null } });
  await ice.get();
  assert.equal(server.requests.length, 1);
});
