/** @import { Device, MediaFailure, MediaFailureCode, MediaRequest } from '../camdiv.js' */

/** @type {Record<string, MediaFailureCode>} */
const failureCodes = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'not-found',
  OverconstrainedError: 'not-found',
  NotReadableError: 'in-use',
  AbortError: 'in-use',
};

function browserDevices() {
  // Absent outside secure contexts, whatever the type says.
  return /** @type {MediaDevices | undefined} */ (globalThis.navigator?.mediaDevices) ?? null;
}

/**
 * @param {MediaRequest} request
 * @param {MediaDevices | null} [devices]
 * @returns {Promise<{ stream: MediaStream, failures: MediaFailure[] }>}
 */
export async function openMedia(request, devices = browserDevices()) {
  /** @type {('audio' | 'video')[]} */
  const wanted = [];
  if (request.audio !== false) wanted.push('audio');
  if (request.video !== false) wanted.push('video');
  if (!devices) {
    return { stream: new MediaStream(), failures: wanted.map((kind) => ({ kind, code: 'insecure' })) };
  }
  if (wanted.length === 0) return { stream: new MediaStream(), failures: [] };
  try {
    return { stream: await devices.getUserMedia(constraints(request, wanted)), failures: [] };
  } catch (error) {
    if (wanted.length === 1) {
      return { stream: new MediaStream(), failures: [{ kind: wanted[0], code: codeOf(error) }] };
    }
  }
  // Together they fail when either is missing; one at a time shows which, and gets the other.
  const stream = new MediaStream();
  const failures = [];
  for (const kind of wanted) {
    try {
      const single = await devices.getUserMedia(constraints(request, [kind]));
      for (const track of single.getTracks()) stream.addTrack(track);
    } catch (error) {
      failures.push({ kind, code: codeOf(error) });
    }
  }
  return { stream, failures };
}

/**
 * @param {MediaDevices | null} [devices]
 * @returns {Promise<MediaStreamTrack | null>}
 */
export async function openScreen(devices = browserDevices()) {
  if (typeof devices?.getDisplayMedia !== 'function') return null;
  try {
    const stream = await devices.getDisplayMedia({ video: { frameRate: { max: 15 } } });
    const track = stream.getVideoTracks()[0] ?? null;
    // Text on a screen must stay sharp; motion may suffer instead.
    if (track) track.contentHint = 'detail';
    return track;
  } catch {
    return null;
  }
}

/**
 * @param {MediaDevices | null} [devices]
 * @returns {Promise<Device[]>}
 */
export async function listDevices(devices = browserDevices()) {
  if (!devices) return [];
  try {
    const found = await devices.enumerateDevices();
    return found.map(({ deviceId, label, kind }) => ({ id: deviceId, label, kind }));
  } catch {
    return [];
  }
}

/**
 * @param {MediaRequest} request
 * @param {('audio' | 'video')[]} kinds
 * @returns {MediaStreamConstraints}
 */
function constraints(request, kinds) {
  const device = (/** @type {boolean | string} */ wish) => (typeof wish === 'string' && wish ? { deviceId: wish } : {});
  return {
    ...(kinds.includes('audio') && {
      audio: { ...device(request.audio), echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    }),
    ...(kinds.includes('video') && {
      video: { ...device(request.video), width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
    }),
  };
}

/**
 * @param {unknown} error
 * @returns {MediaFailureCode}
 */
function codeOf(error) {
  return (error instanceof DOMException && failureCodes[error.name]) || 'failed';
}
