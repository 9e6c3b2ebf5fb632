// Counts the received pictures that were decoded in time to be drawn, over all connections, five times a second:
// window.__decoded = [[wall_ms, count], …]. Whether a busy page without a GPU then draws each of them is another matter.
(() => {
  window.__decoded = [];
  const receiving = new Set();
  const peer = RTCPeerConnection.prototype;
  const { setRemoteDescription } = peer;
  peer.setRemoteDescription = function (...args) {
    receiving.add(this);
    return setRemoteDescription.apply(this, args);
  };
  setInterval(async () => {
    const reports = await Promise.all([...receiving].map((connection) => connection.getStats()));
    const pictures = reports
      .flatMap((report) => [...report.values()])
      .filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'video')
      .map(({ framesDecoded = 0, framesDropped = 0 }) => framesDecoded - framesDropped);
    window.__decoded.push([performance.timeOrigin + performance.now(), pictures.reduce((a, b) => a + b, 0)]);
  }, 200);
})();
