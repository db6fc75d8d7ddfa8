import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recovery } from '../../../Gateway/wwwroot/camdiv/recovery.js';
import { FakeClock } from '../fakes/clock.js';

function made({ connected = true } = {}) {
  const clock = new FakeClock();
  const log = [];
  const line = { up: true };
  const recovery = new Recovery({
    environment: { now: clock.now, setTimeout: clock.setTimeout, clearTimeout: clock.clearTimeout },
    handlers: {
      canSignal: () => line.up,
      restart: (cause, attempt) => log.push(`${cause} ${attempt}`),
      giveUp: (reason) => { log.push(reason); recovery.close(); },
    },
  });
  if (connected) recovery.onState('connected');
  return { clock, log, line, recovery };
}

test('failed: restart at once', () => {
  const { log, recovery } = made();
  recovery.onState('failed');
  assert.deepEqual(log, ['failed 1']);
});

test('disconnected for 3 s: restart; shorter: nothing', async () => {
  const { clock, log, recovery } = made();
  recovery.onState('disconnected');
  await clock.advance(2_999);
  recovery.onState('connected');
  await clock.advance(60_000);
  assert.deepEqual(log, []);
  recovery.onState('disconnected');
  await clock.advance(3_000);
  assert.deepEqual(log, ['disconnected 1']);
});

test('a network change restarts while connected, and is over when the path lives', async () => {
  const { clock, log, recovery } = made();
  recovery.onNetworkChange();
  assert.deepEqual(log, ['network 1']);
  await clock.advance(60_000);
  assert.deepEqual(log, ['network 1']);
});

test('two tries of 8 s, then back to searching', async () => {
  const { clock, log, recovery } = made();
  recovery.onState('failed');
  await clock.advance(8_000);
  assert.deepEqual(log, ['failed 1', 'no-progress 2']);
  await clock.advance(7_999);
  assert.equal(log.length, 2);
  await clock.advance(1);
  assert.deepEqual(log, ['failed 1', 'no-progress 2', 'connection-lost']);
  assert.equal(clock.pending, 0);
});

test('failing again during a try ends that try', () => {
  const { log, recovery } = made();
  recovery.onState('failed');
  recovery.onState('connecting');
  recovery.onState('failed');
  recovery.onState('connecting');
  recovery.onState('failed');
  assert.deepEqual(log, ['failed 1', 'failed 2', 'connection-lost']);
});

test('a success makes all tries new', async () => {
  const { clock, log, recovery } = made();
  for (let round = 0; round < 4; round += 1) {
    recovery.onState('failed');
    await clock.advance(1_000);
    recovery.onState('connected');
  }
  assert.deepEqual(log, ['failed 1', 'failed 1', 'failed 1', 'failed 1']);
});

test('no try is spent while the line is down; the held one runs when it is back', async () => {
  const { clock, log, line, recovery } = made();
  line.up = false;
  recovery.onState('disconnected');
  await clock.advance(60_000);
  assert.deepEqual(log, []);
  line.up = true;
  recovery.onSignalingChange();
  assert.deepEqual(log, ['disconnected 1']);
});

test('a line that drops during a try gives the try back', async () => {
  const { clock, log, line, recovery } = made();
  recovery.onState('failed');
  line.up = false;
  recovery.onSignalingChange();
  await clock.advance(60_000);
  line.up = true;
  recovery.onSignalingChange();
  assert.deepEqual(log, ['failed 1', 'no-progress 1']);
});

test('a held restart is dropped when the path heals by itself', async () => {
  const { clock, log, line, recovery } = made();
  line.up = false;
  recovery.onState('disconnected');
  await clock.advance(5_000);
  recovery.onState('connected');
  line.up = true;
  recovery.onSignalingChange();
  assert.deepEqual(log, []);
});

test('a network change with the line down restarts once the line is back', () => {
  const { log, line, recovery } = made();
  line.up = false;
  recovery.onNetworkChange();
  line.up = true;
  recovery.onSignalingChange();
  assert.deepEqual(log, ['network 1']);
});

test('never connected within 20 s: back to searching', async () => {
  const { clock, log } = made({ connected: false });
  await clock.advance(19_999);
  assert.deepEqual(log, []);
  await clock.advance(1);
  assert.deepEqual(log, ['never-connected']);
});

test('never connected counts only while both have a line', async () => {
  const { clock, log, line } = made({ connected: false });
  line.up = false;
  await clock.advance(20_000);
  line.up = true;
  assert.deepEqual(log, []);
  await clock.advance(20_000);
  assert.deepEqual(log, ['never-connected']);
});

test('closed: no more timers', () => {
  const { clock, recovery } = made();
  recovery.onState('disconnected');
  recovery.close();
  assert.equal(clock.pending, 0);
});
