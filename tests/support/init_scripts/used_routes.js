// Keeps the page's connections, so that a test can ask which way each of them goes.
(() => {
  const connections = new Set();
  const setLocalDescription = RTCPeerConnection.prototype.setLocalDescription;
  RTCPeerConnection.prototype.setLocalDescription = function (...description) {
    connections.add(this);
    return setLocalDescription.apply(this, description);
  };

  /** Of each connection that is up: type of the own candidate in use, and how a relay is reached ("" without one). */
  window.__routes = async () => {
    const routes = [];
    for (const connection of connections) {
      if (connection.connectionState !== "connected") continue;
      const statistics = await connection.getStats();
      for (const entry of statistics.values()) {
        if (entry.type !== "transport" || entry.selectedCandidatePairId === undefined) continue;
        const own = statistics.get(statistics.get(entry.selectedCandidatePairId).localCandidateId);
        routes.push([own.candidateType, own.relayProtocol ?? ""]);
      }
    }
    return routes;
  };
})();
