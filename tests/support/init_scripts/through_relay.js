// Sends the page's WebRTC through the tests' relay: each UDP candidate of the server is swapped for a relay's port
// (BINDING opens it), and the page's own candidates are sent with the discard port, so that the server cannot reach the
// page except by answering through the relay.
(() => {
  const CANDIDATE = /(candidate:\S+ \d+ udp \d+ )(\S+) (\d+)( typ )/gi;

  async function throughRelay(text) {
    let out = text;
    for (const [whole, head, host, port, tail] of text.matchAll(CANDIDATE)) {
      const relayed = await window.BINDING(host, Number(port));
      out = out.replace(whole, `${head}127.0.0.1 ${relayed}${tail}`);
    }
    return out;
  }
  const hidden = (text) => text.replace(CANDIDATE, (_, head, host, port, tail) => `${head}127.0.0.1 9${tail}`);

  const peer = RTCPeerConnection.prototype;
  const { setRemoteDescription, addIceCandidate } = peer;
  peer.setRemoteDescription = async function (description) {
    if (!description?.sdp) return setRemoteDescription.call(this, description);
    return setRemoteDescription.call(this, { type: description.type, sdp: await throughRelay(description.sdp) });
  };
  peer.addIceCandidate = async function (candidate) {
    if (!candidate?.candidate) return addIceCandidate.call(this, candidate);
    const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
    const swapped = await throughRelay(candidate.candidate);
    return addIceCandidate.call(this, { candidate: swapped, sdpMid, sdpMLineIndex, usernameFragment });
  };
  for (const name of ['localDescription', 'currentLocalDescription', 'pendingLocalDescription']) {
    const { get } = Object.getOwnPropertyDescriptor(peer, name);
    Object.defineProperty(peer, name, {
      configurable: true,
      get() {
        const description = get.call(this);
        return description && new RTCSessionDescription({ type: description.type, sdp: hidden(description.sdp) });
      },
    });
  }
  const line = Object.getOwnPropertyDescriptor(RTCIceCandidate.prototype, 'candidate');
  Object.defineProperty(RTCIceCandidate.prototype, 'candidate', {
    configurable: true,
    get() { return hidden(line.get.call(this)); },
  });
  const { toJSON } = RTCIceCandidate.prototype;
  RTCIceCandidate.prototype.toJSON = function () {
    return { ...toJSON.call(this), candidate: this.candidate };
  };
})();
