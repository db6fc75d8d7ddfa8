const roomPattern = /^[A-Za-z0-9_-]{1,32}$/;

/**
 * @param {string} room
 * @param {unknown} payload JSON value
 * @returns {string} the relay frame `>ROOM|PAYLOAD`
 */
export function encodeFrame(room, payload) {
  return `>${room}|${JSON.stringify(payload)}`;
}

/**
 * @param {string} data a relay frame
 * @returns {{ room: string, payload: Record<string, unknown> } | null} null when it is not one of ours
 */
export function decodeFrame(data) {
  const bar = data.indexOf('|');
  if (data[0] !== '>' || bar < 0) return null;
  const room = data.slice(1, bar);
  if (!roomPattern.test(room)) return null;
  const payload = parseObject(data.slice(bar + 1));
  return payload && { room, payload };
}

/**
 * @param {string} text
 * @returns {Record<string, unknown> | null} null when the text is not a JSON object
 */
export function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} text
 * @returns {number} bytes in UTF-8
 */
export function byteLength(text) {
  return new TextEncoder().encode(text).length;
}
