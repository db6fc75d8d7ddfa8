/** @import { CamdivEnvironment } from '../camdiv.js' */

const gapMs = 5_000;

/**
 * Calls back when the device has changed networks.
 * @param {CamdivEnvironment} environment
 * @param {() => void} onChange
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
  events?.addEventListener('online', changed);
  connection?.addEventListener('change', () => {
    // `change` also tells of every new bandwidth estimate, which is no reason to gather again.
    const now = kindOf(connection);
    if (now === kind) return;
    kind = now;
    changed();
  });
}

/** @param {CamdivEnvironment['connection']} connection */
function kindOf(connection) {
  return `${connection?.type}/${connection?.effectiveType}`;
}
