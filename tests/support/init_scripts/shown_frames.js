// Writes down when the page showed a new picture of a received video: window.__shown = [[wall_ms, width, height], …].
// The own preview does not count: only players whose stream came over a connection. And how busy the machine was:
// window.__late = [[wall_ms, late_ms], …], each time that the page ran over 50 ms late.
(() => {
  window.__shown = [];
  window.__late = [];
  let due = performance.now() + 20;
  setInterval(() => {
    const now = performance.now();
    if (now - due > 50) window.__late.push([performance.timeOrigin + now, now - due]);
    due = now + 20;
  }, 20);
  const received = new WeakSet();
  const { setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = async function (...args) {
    await setRemoteDescription.apply(this, args);
    for (const { receiver } of this.getTransceivers()) received.add(receiver.track);
  };
  const followed = new WeakSet();
  const follow = (video) => {
    if (followed.has(video)) return;
    followed.add(video);
    const log = (now, { width, height }) => {
      if (video.srcObject?.getVideoTracks().some((track) => received.has(track))) {
        window.__shown.push([performance.timeOrigin + now, width, height]);
      }
      video.requestVideoFrameCallback(log);
    };
    video.requestVideoFrameCallback(log);
  };
  document.addEventListener('loadedmetadata', ({ target }) => target instanceof HTMLVideoElement && follow(target), true);
})();
