import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../Gateway/wwwroot/', import.meta.url));
const html = readFileSync(join(root, 'index.html'), 'utf8');
const files = readdirSync(root, { recursive: true }).map(String);
const sources = files.filter((file) => file.endsWith('.js'));
const read = (file) => readFileSync(join(root, file), 'utf8');

function reachable(entry, seen = new Set()) {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const [, target] of read(entry).matchAll(/^(?:import|export)\s[^;]*?from '([^']+)'/gm)) {
    reachable(normalize(join(dirname(entry), target)), seen);
  }
  return seen;
}

test('nothing inline: the content-security policy would refuse it', () => {
  assert.doesNotMatch(html, /\sstyle=/);
  assert.doesNotMatch(html, /\son[a-z]+=/);
  assert.doesNotMatch(html, /<style/);
  for (const [, attributes, body] of html.matchAll(/<script([^>]*)>([^<]*)/g)) {
    assert.match(attributes, /src="\/app\/main\.js"/);
    assert.equal(body, '');
  }
});

test('no request to anybody else', () => {
  for (const file of files.filter((name) => /\.(js|css|html|svg)$/.test(name))) {
    const urls = [...read(file).matchAll(/(?:https?:|wss?:)?\/\/[a-z0-9.-]+\.[a-z]{2,}/gi)].map(([url]) => url)
      .filter((url) => !url.endsWith('www.w3.org'));
    assert.deepEqual(urls, [], file);
  }
  for (const [, target] of html.matchAll(/(?:src|href)="([^"]+)"/g)) assert.match(target, /^[/#]/, target);
});

test('every module is preloaded, once, and none is left over', () => {
  const needed = [...reachable('app/main.js')].filter((file) => file !== 'app/main.js').sort();
  const preloaded = [...html.matchAll(/rel="modulepreload" href="\/([^"]+)"/g)].map(([, file]) => file).sort();
  assert.deepEqual(preloaded, needed);
  assert.deepEqual(sources.map((file) => relative('.', file)).sort(), ['app/main.js', ...needed].sort());
});

test('no way from a string to markup or code', () => {
  const ways = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|\beval\(|new Function|srcdoc/;
  for (const file of sources) assert.doesNotMatch(read(file), ways, file);
});

test('every element the code asks for is in the page, and ids are unique', () => {
  const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const file of sources) {
    for (const [, id] of read(file).matchAll(/byId\('([^']+)'\)/g)) assert.ok(ids.includes(id), `${file}: #${id}`);
  }
  for (const [, id] of html.matchAll(/(?:for|aria-controls|aria-labelledby|aria-describedby)="([^"]+)"/g)) {
    assert.ok(ids.includes(id), `#${id}`);
  }
});
