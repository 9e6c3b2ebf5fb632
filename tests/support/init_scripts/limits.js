// window.__limits(): what held down the pictures that this page sends, and for how many seconds, over all connections.
(() => {
  const sending = new Set();
  const peer = RTCPeerConnection.prototype;
  const { addTransceiver } = peer;
  peer.addTransceiver = function (...args) {
    sending.add(this);
    return addTransceiver.apply(this, args);
  };
  window.__limits = async () => {
    const seconds = {};
    for (const connection of sending) {
      for (const { type, kind, qualityLimitationDurations } of (await connection.getStats()).values()) {
        if (type !== 'outbound-rtp' || kind !== 'video') continue;
        for (const [reason, lasted] of Object.entries(qualityLimitationDurations)) {
          seconds[reason] = (seconds[reason] ?? 0) + lasted;
        }
      }
    }
    return seconds;
  };
})();
