/** @import { CandidateProtocol, CandidateType } from '../camdiv.js' */

/**
 * @typedef {{ candidate: CandidateType, protocol: CandidateProtocol, relayed: boolean, rttMs: number | null }}
 *   SelectedPath
 */

/**
 * @param {RTCStatsReport} report
 * @returns {SelectedPath | null} null before a candidate pair is selected
 */
export function selectedPath(report) {
  const pair = selectedPair(report);
  const local = pair && report.get(pair.localCandidateId);
  const remote = pair && report.get(pair.remoteCandidateId);
  if (!local) return null;
  return {
    candidate: local.candidateType,
    protocol: protocolOf(local),
    relayed: local.candidateType === 'relay' || remote?.candidateType === 'relay',
    rttMs: typeof pair.currentRoundTripTime === 'number' ? Math.round(pair.currentRoundTripTime * 1000) : null,
  };
}

/** @param {RTCStatsReport} report */
function selectedPair(report) {
  /** @type {any} */
  let chosen = null;
  report.forEach((stat) => {
    if (stat.type === 'transport' && stat.selectedCandidatePairId) {
      chosen = report.get(stat.selectedCandidatePairId) ?? chosen;
    }
  });
  if (chosen) return chosen;
  // Firefox has no transport statistics; it marks the pair instead.
  report.forEach((stat) => {
    if (stat.type === 'candidate-pair' && (stat.selected || (stat.nominated && stat.state === 'succeeded'))) {
      chosen ??= stat;
    }
  });
  return chosen;
}

/**
 * @param {any} local
 * @returns {CandidateProtocol}
 */
function protocolOf(local) {
  const protocol = local.candidateType === 'relay' ? local.relayProtocol ?? local.protocol : local.protocol;
  return protocol === 'tcp' || protocol === 'tls' ? protocol : 'udp';
}
