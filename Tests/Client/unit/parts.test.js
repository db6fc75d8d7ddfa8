import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outbox } from '../../../Gateway/wwwroot/camdiv/outbox.js';
import { QualityMeter } from '../../../Gateway/wwwroot/camdiv/quality.js';
import { RemoteMedia } from '../../../Gateway/wwwroot/camdiv/remote-media.js';
import { SafeStorage } from '../../../Gateway/wwwroot/camdiv/safe-storage.js';
import { selectedPath } from '../../../Gateway/wwwroot/camdiv/selected-path.js';
import { cleanInterest, cleanWishes } from '../../../Gateway/wwwroot/camdiv/wishes.js';
import { watchNetwork } from '../../../Gateway/wwwroot/camdiv/network-watch.js';
import { FakeBrowser } from '../fakes/browser.js';
import { FakeMediaStream, fakeTrack, statsOf } from '../fakes/peer-connection.js';

test('wishes: trimmed, distinct whatever the case, within the protocol\'s bounds', () => {
  const many = Array.from({ length: 20 }, (_, index) => `interest ${index}`);
  const wishes = cleanWishes({
    chat: 'video',
    interests: ['  Jazz ', 'jazz', '', '   ', 'slow   travel', ...many],
    languages: ['en-gb', 'EN-GB', 'not a tag', 'de', 'fr', 'it', 'es', 'pt'],
  });
  assert.deepEqual(wishes.interests.slice(0, 3), ['Jazz', 'slow travel', 'interest 0']);
  assert.equal(wishes.interests.length, 10);
  assert.deepEqual(wishes.languages, ['en-GB', 'de', 'fr', 'it', 'es']);
});

test('wishes: an unknown chat type is refused', () => {
  assert.throws(() => cleanWishes({ chat: 'smell' }), { code: 'bad-argument' });
});

test('interests: cut to 32 units, never inside a character', () => {
  assert.equal(cleanInterest('x'.repeat(40)).length, 32);
  assert.equal(cleanInterest(`${'x'.repeat(31)}😀`), 'x'.repeat(31));
});

test('outbox: oldest out by count and by bytes, other rooms\' frames forgotten', () => {
  const outbox = new Outbox({ maxFrames: 3, maxBytes: 10 });
  for (const data of ['1', '2', '3', '4']) outbox.push('r', data);
  assert.equal(outbox.dropped, 1);
  assert.deepEqual(outbox.take('r'), ['2', '3', '4']);
  outbox.push('r', 'x'.repeat(8));
  outbox.push('r', 'ü'.repeat(2));
  assert.deepEqual(outbox.take('r'), ['üü']);
  outbox.push('old', 'a');
  outbox.push(null, 'b');
  assert.deepEqual(outbox.take('new'), ['b']);
  assert.deepEqual(outbox.take('old'), []);
});

for (const [name, local, expected] of [
  ['host over UDP', { candidateType: 'host', protocol: 'udp' }, { candidate: 'host', protocol: 'udp', relayed: false }],
  ['host over TCP', { candidateType: 'host', protocol: 'tcp' }, { candidate: 'host', protocol: 'tcp', relayed: false }],
  ['server reflexive', { candidateType: 'srflx', protocol: 'udp' }, { candidate: 'srflx', protocol: 'udp', relayed: false }],
  ['peer reflexive', { candidateType: 'prflx', protocol: 'udp' }, { candidate: 'prflx', protocol: 'udp', relayed: false }],
  ['TURN over UDP', { candidateType: 'relay', protocol: 'udp', relayProtocol: 'udp' }, { candidate: 'relay', protocol: 'udp', relayed: true }],
  ['TURN over TCP', { candidateType: 'relay', protocol: 'udp', relayProtocol: 'tcp' }, { candidate: 'relay', protocol: 'tcp', relayed: true }],
  ['TURN over TLS', { candidateType: 'relay', protocol: 'udp', relayProtocol: 'tls' }, { candidate: 'relay', protocol: 'tls', relayed: true }],
]) {
  for (const viaTransport of [true, false]) {
    test(`path: ${name}${viaTransport ? '' : ', without transport statistics'}`, () => {
      assert.deepEqual(selectedPath(statsOf({ local, viaTransport })), { ...expected, rttMs: 20 });
    });
  }
}

test('path: through the stranger\'s relay is a relay, too', () => {
  const stats = statsOf({ local: { candidateType: 'host', protocol: 'udp' }, remote: { candidateType: 'relay' } });
  assert.equal(selectedPath(stats).relayed, true);
  assert.equal(selectedPath(stats).candidate, 'host');
});

test('path: none yet', () => {
  assert.equal(selectedPath(new Map()), null);
});

test('quality: by loss since the last sample and by round trip', () => {
  const meter = new QualityMeter();
  const sample = (lost, received, rtt = 0.05) => {
    const stats = statsOf({ local: { candidateType: 'host', protocol: 'udp' }, rtt });
    stats.set('in', { type: 'inbound-rtp', packetsLost: lost, packetsReceived: received });
    return meter.sample(stats).level;
  };
  assert.equal(sample(0, 100), 'good');
  assert.equal(sample(5, 195), 'fair');
  assert.equal(sample(25, 275), 'poor');
  assert.equal(sample(25, 375), 'good');
  assert.equal(sample(25, 475, 0.4), 'fair');
  assert.equal(sample(25, 575, 0.7), 'poor');
});

test('remote media: the announced stream is the screen, whichever comes first', () => {
  for (const announcedFirst of [true, false]) {
    const seen = {};
    const media = new RemoteMedia({ MediaStream: FakeMediaStream }, (kind, stream) => { seen[kind] = stream; });
    const [voice, camera, screen] = [fakeTrack('audio'), fakeTrack('video'), fakeTrack('video')];
    media.add(voice, 'main');
    media.add(camera, 'main');
    if (announcedFirst) media.announceScreen('screen');
    media.add(screen, 'screen');
    assert.deepEqual(seen.camera.getTracks(), [voice, camera]);
    if (!announcedFirst) media.announceScreen('screen');
    assert.deepEqual(seen.camera.getTracks(), [voice, camera]);
    assert.deepEqual(seen.screen.getTracks(), [screen]);
    media.announceScreen(null);
    assert.equal(seen.screen, null);
    assert.deepEqual(seen.camera.getTracks(), [voice, camera]);
  }
});

test('storage: what does not fit is kept in memory; junk reads as nothing', () => {
  const full = { getItem: () => 'not json', setItem() { throw new DOMException('', 'QuotaExceededError'); }, removeItem() {} };
  const storage = new SafeStorage(full);
  assert.equal(storage.read('a'), null);
  storage.write('a', { b: 1 });
  assert.deepEqual(storage.read('a'), { b: 1 });
});

test('network: online and a change of kind count, a new bandwidth estimate does not, a flapping line is damped', async () => {
  const browser = new FakeBrowser();
  const environment = browser.tab();
  let changes = 0;
  const stop = watchNetwork(environment, () => { changes += 1; });
  environment.connection.dispatchEvent(new Event('change'));
  assert.equal(changes, 0);
  environment.connection.type = 'cellular';
  environment.connection.dispatchEvent(new Event('change'));
  environment.events.dispatchEvent(new Event('online'));
  assert.equal(changes, 1);
  await browser.clock.advance(5_000);
  environment.events.dispatchEvent(new Event('online'));
  assert.equal(changes, 2);
  stop();
  await browser.clock.advance(5_000);
  environment.events.dispatchEvent(new Event('online'));
  assert.equal(changes, 2);
});
