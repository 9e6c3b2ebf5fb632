// Writes down every encoded video frame that leaves the page: window.__sent = [[stream, rtp_timestamp, is_key, wall_ms], …].
// Each sender of video is a stream of its own, numbered from 0. Sound: window.__sentSound = [[rtp_timestamp, wall_ms], …].
(() => {
  window.__sent = [];
  window.__sentSound = [];
  const worker = new Worker(URL.createObjectURL(new Blob([`
    let streams = 0;
    onrtctransform = ({ transformer }) => {
      const isSound = transformer.options === 'audio';
      const stream = isSound ? null : streams++;
      const log = new TransformStream({
        transform(frame, controller) {
          const rtp = frame.getMetadata().rtpTimestamp ?? frame.timestamp;
          const wall = performance.timeOrigin + performance.now();
          postMessage(isSound ? [rtp, wall] : [stream, rtp, frame.type === 'key', wall]);
          controller.enqueue(frame);
        },
      });
      transformer.readable.pipeThrough(log).pipeTo(transformer.writable).catch(() => {});
    };
  `], { type: 'text/javascript' })));
  worker.onmessage = ({ data }) => (data.length === 2 ? window.__sentSound : window.__sent).push(data);

  const follow = (sender, kind) => {
    if (sender && !sender.transform) sender.transform = new RTCRtpScriptTransform(worker, kind);
    return sender;
  };
  const peer = RTCPeerConnection.prototype;
  const { addTrack, addTransceiver } = peer;
  peer.addTrack = function (track, ...streams) {
    return follow(addTrack.call(this, track, ...streams), track.kind);
  };
  peer.addTransceiver = function (what, init) {
    const transceiver = addTransceiver.call(this, what, init);
    const kind = typeof what === 'string' ? what : what.kind;
    if (init?.direction !== 'recvonly') follow(transceiver.sender, kind);
    return transceiver;
  };
})();
