// Writes down every encoded video frame that leaves the page: window.__sent = [[stream, rtp_timestamp, is_key, wall_ms], …].
// Each sender of video is a stream of its own, numbered from 0.
(() => {
  window.__sent = [];
  const worker = new Worker(URL.createObjectURL(new Blob([`
    let streams = 0;
    onrtctransform = ({ transformer }) => {
      const stream = streams++;
      const log = new TransformStream({
        transform(frame, controller) {
          const rtp = frame.getMetadata().rtpTimestamp ?? frame.timestamp;
          postMessage([stream, rtp, frame.type === 'key', performance.timeOrigin + performance.now()]);
          controller.enqueue(frame);
        },
      });
      transformer.readable.pipeThrough(log).pipeTo(transformer.writable).catch(() => {});
    };
  `], { type: 'text/javascript' })));
  worker.onmessage = ({ data }) => window.__sent.push(data);

  const follow = (sender) => {
    if (sender && !sender.transform) sender.transform = new RTCRtpScriptTransform(worker);
    return sender;
  };
  const peer = RTCPeerConnection.prototype;
  const { addTrack, addTransceiver } = peer;
  peer.addTrack = function (track, ...streams) {
    const sender = addTrack.call(this, track, ...streams);
    return track.kind === 'video' ? follow(sender) : sender;
  };
  peer.addTransceiver = function (what, init) {
    const transceiver = addTransceiver.call(this, what, init);
    const kind = typeof what === 'string' ? what : what.kind;
    if (kind === 'video' && init?.direction !== 'recvonly') follow(transceiver.sender);
    return transceiver;
  };
})();
