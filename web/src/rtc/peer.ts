/** What publish and watch connections have in common: gathering, time-outs, signs of life. */

import type { Clock } from "./clock";
import type { ConnectionEvents, ConnectionFault } from "./succession";
import { signsOfLife } from "./silence";
import { trafficOf } from "./traffic";

/** Host candidates come within milliseconds, others are trickled: TURN servers that do not answer hold up no call. */
const GATHER_AT_MOST_MS = 300;
/** ICE and DTLS over a weak link with losses. */
const CONNECTED_WITHIN_MS = 10_000;

export interface PeerOptions {
  name: string;
  clock: Clock;
  events: ConnectionEvents;
  createPeer(): RTCPeerConnection;
  sendCandidate(candidate: string): void;
  /** So many bytes more went through it, to and fro. */
  onTraffic(bytes: number): void;
}

export class Peer {
  readonly pc: RTCPeerConnection;
  private closed = false;
  private described = false;
  private readonly late: string[] = [];
  private cancelDeadline: (() => void) | null = null;
  private told = false;
  private trafficBytes = 0;

  constructor(private readonly options: PeerOptions) {
    this.pc = options.createPeer();
    this.pc.onicecandidate = (event) => this.candidate(event.candidate);
    this.pc.onconnectionstatechange = () => this.stateChanged();
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Waits until all candidates are in the local description, for a moment at most. */
  async gathered(): Promise<string> {
    const { pc } = this;
    if (pc.iceGatheringState !== "complete") {
      await new Promise<void>((resolve) => {
        const cancel = this.options.clock.after(GATHER_AT_MOST_MS, resolve);
        pc.onicegatheringstatechange = () => {
          if (pc.iceGatheringState !== "complete") return;
          cancel();
          resolve();
        };
      });
    }
    return pc.localDescription?.sdp ?? "";
  }

  /** The description has been sent: candidates found from now on, or not in it, are trickled. */
  descriptionSent(sdp: string): void {
    this.described = true;
    for (const candidate of this.late.splice(0)) {
      if (candidate === "" || !sdp.includes(candidate)) this.options.sendCandidate(candidate);
    }
  }

  /** From now on the connection must come about in time, unless it has already. */
  expectConnected(withinMs = CONNECTED_WITHIN_MS): void {
    this.cancelDeadline?.();
    if (this.told) return;
    this.cancelDeadline = this.options.clock.after(withinMs, () => this.fault({ retry: true }));
  }

  fault(fault: ConnectionFault): void {
    if (!this.closed) this.options.events.onFault(fault);
  }

  async signsOfLife(): Promise<number> {
    if (this.closed) return 0;
    const statistics = await this.pc.getStats();
    const entries: [string, Record<string, unknown>][] = [];
    statistics.forEach((entry: Record<string, unknown>, key: string) => entries.push([key, entry]));
    this.count(trafficOf(entries));
    return signsOfLife(entries);
  }

  close(): void {
    this.closed = true;
    this.cancelDeadline?.();
    this.pc.onicecandidate = this.pc.onconnectionstatechange = this.pc.onicegatheringstatechange = this.pc.ontrack = null;
    this.pc.close();
  }

  private count(trafficBytes: number): void {
    if (this.closed || trafficBytes <= this.trafficBytes) return;
    this.options.onTraffic(trafficBytes - this.trafficBytes);
    this.trafficBytes = trafficBytes;
  }

  private candidate(candidate: RTCIceCandidate | null): void {
    const line = candidate?.candidate ?? "";
    if (this.described) this.options.sendCandidate(line);
    else this.late.push(line);
  }

  private stateChanged(): void {
    const state = this.pc.connectionState;
    if (state === "connected") {
      this.cancelDeadline?.();
      this.cancelDeadline = null;
      if (!this.told) this.options.events.onConnected();
      this.told = true;
    } else if (state === "failed") {
      this.fault({ retry: true });
    }
  }
}
