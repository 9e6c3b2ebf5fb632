// Leaves the page's browser with the video codecs of KEEP only ("VP9", "VP8"…), as if it had no others.
(() => {
  const keep = new Set(/*KEEP*/ []).union(new Set(['rtx', 'red', 'ulpfec', 'flexfec-03']));
  const kept = (codecs) => codecs.filter(({ mimeType }) => !/^video\//i.test(mimeType) || keep.has(mimeType.slice(6)));

  for (const side of [RTCRtpSender, RTCRtpReceiver]) {
    const { getCapabilities } = side;
    side.getCapabilities = function (kind) {
      const capabilities = getCapabilities.call(this, kind);
      return capabilities && { ...capabilities, codecs: kept(capabilities.codecs) };
    };
  }
  const { setCodecPreferences } = RTCRtpTransceiver.prototype;
  RTCRtpTransceiver.prototype.setCodecPreferences = function (codecs) {
    return setCodecPreferences.call(this, kept(codecs));
  };
  const limit = (transceiver) => {
    if (transceiver?.sender.track?.kind === 'video' || transceiver?.receiver.track.kind === 'video') {
      transceiver.setCodecPreferences(RTCRtpReceiver.getCapabilities('video').codecs);
    }
    return transceiver;
  };
  const peer = RTCPeerConnection.prototype;
  const { addTransceiver, addTrack } = peer;
  peer.addTransceiver = function (...args) { return limit(addTransceiver.apply(this, args)); };
  peer.addTrack = function (...args) {
    const sender = addTrack.apply(this, args);
    limit(this.getTransceivers().find((transceiver) => transceiver.sender === sender));
    return sender;
  };
})();
