/** Peer connections without a network: the test says when they connect and whether the other end answers. */

export class FakePeer {
  iceGatheringState = "complete";
  connectionState = "new";
  signalingState = "stable";
  localDescription: { sdp: string } | null = null;
  onicecandidate: ((event: { candidate: { candidate: string } | null }) => void) | null = null;
  onicegatheringstatechange: (() => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ontrack: (() => void) | null = null;
  closed = false;
  /** While true each look at the statistics finds more bytes from the other end. */
  alive = true;
  readonly senders: FakeSender[] = [];
  readonly remote: string[] = [];
  readonly mids: string[] = [];
  private received = 0;

  addTransceiver(track: unknown): { sender: FakeSender } {
    const sender = new FakeSender(track);
    this.senders.push(sender);
    return { sender };
  }

  getTransceivers(): { mid: string; receiver: { track: { id: string } } }[] {
    return this.mids.map((mid) => ({ mid, receiver: { track: { id: `track-${mid}` } } }));
  }

  createOffer(): Promise<{ sdp: string }> {
    return Promise.resolve({ sdp: "own offer" });
  }

  createAnswer(): Promise<{ sdp: string }> {
    return Promise.resolve({ sdp: `answer to ${this.remote[this.remote.length - 1] ?? ""}` });
  }

  setLocalDescription(description: { sdp: string }): Promise<void> {
    this.localDescription = description;
    this.signalingState = description.sdp === "own offer" ? "have-local-offer" : "stable";
    return Promise.resolve();
  }

  setRemoteDescription({ sdp }: { sdp: string }): Promise<void> {
    this.remote.push(sdp);
    return Promise.resolve();
  }

  getStats(): Promise<Map<string, Record<string, unknown>>> {
    if (this.alive) this.received += 1;
    return Promise.resolve(new Map([["T", { type: "transport", bytesReceived: this.received }]]));
  }

  close(): void {
    this.closed = true;
  }

  /** The other end has answered; ICE and DTLS are through. */
  connect(): void {
    this.connectionState = "connected";
    this.onconnectionstatechange?.();
  }

  fail(): void {
    this.connectionState = "failed";
    this.onconnectionstatechange?.();
  }
}

export class FakeSender {
  parameters: { encodings: Record<string, unknown>[]; degradationPreference?: string } = { encodings: [{}] };
  /** Every set of parameters, in their order. */
  readonly history: { encodings: Record<string, unknown>[]; degradationPreference?: string }[] = [];
  /** Preferences that this browser has never heard of. */
  refused: readonly string[] = [];
  framesEncoded = 0;

  constructor(public track: unknown) {}

  replaceTrack(track: unknown): Promise<void> {
    this.track = track;
    return Promise.resolve();
  }

  getParameters(): typeof this.parameters {
    return structuredClone(this.parameters);
  }

  setParameters(parameters: typeof this.parameters): Promise<void> {
    if (this.refused.includes(parameters.degradationPreference ?? "")) return Promise.reject(new TypeError("unknown"));
    this.parameters = parameters;
    this.history.push(structuredClone(parameters));
    return Promise.resolve();
  }

  /** An encoder that is on makes a picture whenever somebody looks. */
  getStats(): Promise<Map<string, Record<string, unknown>>> {
    if (this.parameters.encodings[0]?.["active"] === true) this.framesEncoded += 1;
    return Promise.resolve(new Map([["V", { type: "outbound-rtp", framesEncoded: this.framesEncoded }]]));
  }
}
