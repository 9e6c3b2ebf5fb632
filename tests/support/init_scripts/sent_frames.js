// Writes down every encoded video frame that leaves the page: window.__sent = [[stream, rtp_timestamp, is_key, wall_ms], …].
// Each sender of video is a stream of its own, numbered from 0. Sound: window.__sentSound = [[rtp_timestamp, wall_ms], …].
// window.__callBegins(): what was sent so far, to try the network, was no part of the call.
(() => {
  window.__sent = [];
  window.__sentSound = [];
  const worker = new Worker(URL.createObjectURL(new Blob([`
    onrtctransform = ({ transformer }) => {
      const { kind, sender } = transformer.options;
      const log = new TransformStream({
        transform(frame, controller) {
          const rtp = frame.getMetadata().rtpTimestamp ?? frame.timestamp;
          const wall = performance.timeOrigin + performance.now();
          postMessage({ kind, sender, entry: kind === 'audio' ? [rtp, wall] : [rtp, frame.type === 'key', wall] });
          controller.enqueue(frame);
        },
      });
      transformer.readable.pipeThrough(log).pipeTo(transformer.writable).catch(() => {});
    };
  `], { type: 'text/javascript' })));
  const senders = { audio: 0, video: 0 };
  let first = { ...senders };
  worker.onmessage = ({ data: { kind, sender, entry } }) => {
    if (sender < first[kind]) return;
    if (kind === 'audio') window.__sentSound.push(entry);
    else window.__sent.push([sender - first.video, ...entry]);
  };
  window.__callBegins = () => {
    first = { ...senders };
    window.__sent.length = window.__sentSound.length = window.__truth.connected.length = 0;
  };

  const follow = (sender, kind) => {
    if (sender && !sender.transform) sender.transform = new RTCRtpScriptTransform(worker, { kind, sender: senders[kind]++ });
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
