import { Camdiv, CamdivError } from '../camdiv.js';
import { CallControls } from './call-controls.js';
import { ChatView } from './chat-view.js';
import { Conversation } from './conversation.js';
import { DevicePickers } from './device-pickers.js';
import { byId } from './dom.js';
import { LinkNotices } from './link-notices.js';
import { Lobby } from './lobby.js';
import { LocalMedia } from './local-media.js';
import { Notices } from './notices.js';
import { showPeopleOnline } from './online.js';
import { loadPreferences, savePreferences } from './preferences.js';
import { ReportDialog } from './report-dialog.js';
import { Stage } from './stage.js';
import { Status } from './status.js';
import { allowAudioPictures } from './voice-picture.js';
import { keepAwake } from './wake-lock.js';
import { WishesForm } from './wishes-form.js';
import { mediaFailureWords } from './words.js';

const root = document.documentElement;
const parameters = new URLSearchParams(window.location.search);
const relayForced = parameters.get('relay') === '1';
const longSleepMs = 30_000;

const noRelayWords = 'Your address can only be hidden by a relay, and this server has none. '
  + 'Turn “Hide my network address” off, or choose text.';

const relayOnly = /** @type {HTMLInputElement} */ (byId('relay-only'));
const autoNext = /** @type {HTMLInputElement} */ (byId('auto-next'));
autoNext.checked = loadPreferences().autoNext;
relayOnly.checked = relayForced || loadPreferences().relayOnly;
relayOnly.disabled = relayForced;

const camdiv = new Camdiv({ relayOnly: relayOnly.checked, prepare: parameters.get('prepare') !== '0' });
const notices = new Notices();
const media = new LocalMedia();
const pickers = new DevicePickers();
const status = new Status();
const form = new WishesForm();
const lobby = new Lobby({ media, notices, pickers });
const stage = new Stage({ onFirstFrame: () => conversation.onFirstFrame() });
const controls = new CallControls({ camdiv, media, notices });
const chat = new ChatView({ onSend: sendText, onTyping: (typing) => camdiv.setTyping(typing) });
const conversation = new Conversation({
  camdiv, status, stage, chat, controls, notices, autoNext: () => autoNext.checked,
});
const reportDialog = new ReportDialog((reason, block) => void report(reason, block));
const moreDialog = /** @type {HTMLDialogElement} */ (byId('more-dialog'));
new LinkNotices(camdiv, notices);

/** @param {'lobby' | 'call'} view */
function show(view) {
  root.dataset.view = view;
  byId('lobby').hidden = view !== 'lobby';
  byId('call').hidden = view !== 'call';
  pickers.moveTo(byId(view === 'call' ? 'devices-in-call' : 'devices-home'));
}

async function start() {
  const wishes = form.wishes;
  allowAudioPictures();
  conversation.clicked();
  const startButton = /** @type {HTMLButtonElement} */ (byId('start'));
  startButton.disabled = true;
  try {
    if (wishes.chat !== 'text') {
      status.say(wishes.chat === 'video' ? 'Waiting for your camera…' : 'Waiting for your microphone…');
      if (!(await openOwnMedia(wishes.chat === 'video'))) return;
    }
    status.setState('idle', wishes.chat);
    camdiv.start(wishes);
  } catch (error) {
    tellStartFailure(error);
    return;
  } finally {
    startButton.disabled = false;
    if (camdiv.state === 'idle') status.setState('idle', wishes.chat);
  }
  lobby.leave();
  show('call');
  stage.setChat(wishes.chat);
  stage.showSelf(media.video, media.audio);
  setChatOpen(false);
  if (!camdiv.match) conversation.begin();
  byId('next').focus();
}

/**
 * @param {boolean} video
 * @returns {Promise<boolean>} false when there is nothing to be seen or heard by
 */
async function openOwnMedia(video) {
  const failures = await media.use({ audio: true, video });
  const goesOn = media.audio !== null || media.video !== null;
  if (failures.length > 0) notices.show('media', mediaFailureWords(failures, goesOn), { tone: 'problem' });
  else notices.clear('media');
  void pickers.refresh();
  return goesOn;
}

/** @param {unknown} error */
function tellStartFailure(error) {
  const noRelay = error instanceof CamdivError && error.code === 'relay-unavailable';
  if (!noRelay) throw error;
  notices.show('relay', noRelayWords, { tone: 'problem' });
}

function next() {
  if (root.dataset.view !== 'call' || camdiv.link === 'stopped') return;
  conversation.clicked();
  try {
    camdiv.next();
  } catch (error) {
    tellStartFailure(error);
  }
}

function stop() {
  conversation.cancelAutoNext();
  camdiv.stop();
  stage.end();
  chat.clear();
  show('lobby');
  status.setState('idle', form.chat);
  byId('report-last').hidden = !conversation.met;
  void lobby.setChat(form.chat);
  byId('start').focus();
}

/**
 * @param {string} text
 * @returns {boolean} whether it is on its way
 */
function sendText(text) {
  try {
    camdiv.sendText(text);
    return true;
  } catch (error) {
    if (error instanceof CamdivError) return false;
    throw error;
  }
}

/**
 * @param {string} reason
 * @param {boolean} block
 */
async function report(reason, block) {
  const sent = camdiv.report(reason);
  if (block) blockPeer();
  try {
    await sent;
    notices.show('report', block ? 'Reported and blocked. Thank you.' : 'Reported. Thank you.', { forMs: 6_000 });
  } catch (error) {
    const often = error instanceof CamdivError && error.code === 'rate-limited';
    const words = often ? 'You have reported as often as one may for a day.' : 'The report could not be delivered. Please try again.';
    notices.show('report', words, { tone: 'problem' });
  }
}

function blockPeer() {
  const searchOn = root.dataset.view === 'call' && camdiv.match !== null;
  camdiv.block();
  notices.show('report', 'Blocked. You will not meet again.', { forMs: 6_000 });
  if (searchOn && autoNext.checked) next();
  else if (searchOn) status.say('Blocked. Press Next for someone else');
}

/** @param {boolean} open */
function setChatOpen(open) {
  root.dataset.chatOpen = String(open);
  byId('chat-toggle').setAttribute('aria-expanded', String(open));
  if (open) chat.markRead();
}

media.addEventListener('change', () => {
  camdiv.setTrack('audio', media.audio);
  camdiv.setTrack('video', media.video);
  camdiv.announceMedia();
  if (root.dataset.view === 'call') stage.showSelf(media.video, media.audio);
  controls.render();
});
media.addEventListener('lost', (event) => {
  const what = /** @type {CustomEvent} */ (event).detail === 'video' ? 'camera' : 'microphone';
  notices.show('media', `Your ${what} was disconnected.`, { tone: 'problem' });
});
pickers.addEventListener('camera', () => void media.reopen('video'));
pickers.addEventListener('microphone', () => void media.reopen('audio'));
pickers.addEventListener('speaker', () => void stage.setSpeaker(loadPreferences().speaker));

form.addEventListener('start', () => void start());
form.addEventListener('chat', () => {
  root.dataset.chat = form.chat;
  void lobby.setChat(form.chat);
});
autoNext.addEventListener('change', () => savePreferences({ autoNext: autoNext.checked }));
relayOnly.addEventListener('change', () => {
  savePreferences({ relayOnly: relayOnly.checked });
  camdiv.setRelayOnly(relayOnly.checked);
  notices.clear('relay');
});

camdiv.addEventListener('relay', ({ detail }) => {
  root.dataset.relay = detail.relay ? 'yes' : detail.complete ? 'no' : 'unknown';
  const none = detail.complete && !detail.relay;
  byId('relay-help').textContent = none
    ? 'This server has no relay, so with this on only text chat works.'
    : 'Video and voice then pass through a relay, so the other person cannot see where you connect from.';
});
camdiv.addEventListener('error', ({ detail }) => {
  if (detail.code !== 'relay-unavailable') return;
  stop();
  notices.show('relay', noRelayWords, { tone: 'problem' });
});
camdiv.addEventListener('link', ({ detail }) => {
  if (detail.link === 'stopped' && root.dataset.view === 'call') stop();
  if (detail.link === 'stopped') void media.use({ audio: false, video: false });
  const startButton = /** @type {HTMLButtonElement} */ (byId('start'));
  startButton.disabled = detail.link === 'stopped';
});

byId('next').addEventListener('click', next);
byId('stop').addEventListener('click', stop);
byId('chat-toggle').addEventListener('click', () => {
  const open = root.dataset.chatOpen !== 'true';
  setChatOpen(open);
  if (open) chat.focus();
});
byId('more').addEventListener('click', () => {
  for (const id of ['report', 'block']) /** @type {HTMLButtonElement} */ (byId(id)).disabled = !conversation.met;
  moreDialog.showModal();
});
byId('report').addEventListener('click', () => {
  moreDialog.close();
  reportDialog.open();
});
byId('report-last').addEventListener('click', () => reportDialog.open());
byId('block').addEventListener('click', () => {
  moreDialog.close();
  blockPeer();
});
for (const button of document.querySelectorAll('[data-close]')) {
  button.addEventListener('click', () => button.closest('dialog')?.close());
}
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.isComposing || event.repeat || document.querySelector('dialog[open]')) return;
  if (root.dataset.view !== 'call' || camdiv.state === 'searching') return;
  event.preventDefault();
  next();
});

let hiddenAt = 0;
document.addEventListener('visibilitychange', () => {
  if (document.hidden) hiddenAt = Date.now();
  else if (hiddenAt > 0 && Date.now() - hiddenAt > longSleepMs) camdiv.refresh();
});
window.addEventListener('pagehide', () => camdiv.close());
window.addEventListener('pageshow', (event) => {
  if (event.persisted) window.location.reload();
});

root.dataset.chat = form.chat;
status.setState('idle', form.chat);
chat.setEnabled(false);
camdiv.connect();
showPeopleOnline(camdiv);
keepAwake(camdiv);
if (loadPreferences().speaker) void stage.setSpeaker(loadPreferences().speaker);
void lobby.setChat(form.chat).then(() => lobby.openIfAllowed());
