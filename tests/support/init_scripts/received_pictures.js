// window.__received(): the statistics of the received pictures (inbound-rtp), summed over all connections; behindMs: how
// far the one that lags most is behind the sender's clock (estimatedPlayoutTimestamp counts from 1900).
(() => {
  const FROM_1900_TO_1970_MS = 2_208_988_800_000;
  const receiving = new Set();
  const peer = RTCPeerConnection.prototype;
  const { setRemoteDescription } = peer;
  peer.setRemoteDescription = function (...args) {
    receiving.add(this);
    return setRemoteDescription.apply(this, args);
  };
  window.__received = async () => {
    const sums = { behindMs: 0 };
    for (const connection of receiving) {
      for (const stat of (await connection.getStats()).values()) {
        if (stat.type !== 'inbound-rtp' || stat.kind !== 'video') continue;
        const playing = stat.estimatedPlayoutTimestamp;
        if (playing) sums.behindMs = Math.max(sums.behindMs, Date.now() + FROM_1900_TO_1970_MS - playing);
        for (const [name, value] of Object.entries(stat)) {
          if (typeof value === 'number') sums[name] = (sums[name] ?? 0) + value;
        }
      }
    }
    return sums;
  };
})();
