// Writes down every encoded video frame that leaves the page: window.__sent = [[rtp_timestamp, is_key, bytes], …].
(() => {
  window.__sent = [];
  const worker = new Worker(URL.createObjectURL(new Blob([`
    onrtctransform = ({ transformer }) => {
      const log = new TransformStream({
        transform(frame, controller) {
          postMessage([frame.getMetadata().rtpTimestamp ?? frame.timestamp, frame.type === 'key', frame.data.byteLength]);
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
