/** @import { CamdivEnvironment } from '../camdiv.js' */

const gapMs = 5_000;

/**
 * Until the returned function is called: calls back when the device has changed networks.
 * @param {CamdivEnvironment} environment
 * @param {() => void} onChange
 * @returns {() => void}
 */
export function watchNetwork(environment, onChange) {
  const { connection, events } = environment;
  let last = -Infinity;
  let kind = kindOf(connection);
  const changed = () => {
    if (environment.now() - last < gapMs) return;
    last = environment.now();
    onChange();
  };
  const onConnection = () => {
    // `change` also tells of every new bandwidth estimate, which is no reason to gather again.
    const now = kindOf(connection);
    if (now === kind) return;
    kind = now;
    changed();
  };
  events?.addEventListener('online', changed);
  connection?.addEventListener('change', onConnection);
  return () => {
    events?.removeEventListener('online', changed);
    connection?.removeEventListener('change', onConnection);
  };
}

/** @param {CamdivEnvironment['connection']} connection */
function kindOf(connection) {
  return `${connection?.type}/${connection?.effectiveType}`;
}
