/**
 * Tries the network with real media: the own picture and sound go to the server and come back, for five seconds.
 *
 * Nothing of it is recorded. Owns its two peer connections and ends them, whatever happens; the tracks stay the caller's.
 */
import type { VisitApi } from "@/api/visit";
import type { Clock } from "@/rtc/clock";
import { archivedCodecs } from "@/rtc/codecs";

import type { NetworkFigures } from "./checks";

const MEASURED_MS = 5000;
const CONNECTED_WITHIN_MS = 10_000;
/** There is no trickling here: what is not found by then is not tried. */
const GATHER_AT_MOST_MS = 1000;

export interface NetworkTestOptions {
  api: Pick<VisitApi, "iceServers" | "rehearse" | "rehearseBack" | "endRehearsal">;
  clock: Clock;
  createPeer: (configuration: RTCConfiguration) => RTCPeerConnection;
  videoCapabilities: () => readonly RTCRtpCodec[];
  tracks: readonly MediaStreamTrack[];
  /** Nobody waits any longer. */
  enough: AbortSignal;
}

interface Reading {
  sentBytes: number;
  receivedBytes: number;
  received: number;
  lost: number;
  rttMs: number;
  availableBps: number;
}

/** Null: no connection came about. Throws what the server answers instead, and the reason of ``enough``. */
export async function measureNetwork(options: NetworkTestOptions): Promise<NetworkFigures | null> {
  const { api, enough } = options;
  const { ice_servers: servers } = await api.iceServers();
  const configuration: RTCConfiguration = {
    bundlePolicy: "max-bundle",
    iceServers: servers.map(({ urls, username, credential }) => (username ? { urls, username, credential } : { urls })),
  };
  const there = options.createPeer(configuration);
  const back = options.createPeer(configuration);
  try {
    return await Promise.race([measured(there, back, options), aborted(enough)]);
  } finally {
    there.close();
    back.close();
    void api.endRehearsal().catch(() => undefined);
  }
}

async function measured(
  there: RTCPeerConnection,
  back: RTCPeerConnection,
  options: NetworkTestOptions,
): Promise<NetworkFigures | null> {
  const { api, clock } = options;
  for (const track of options.tracks) prefer(there.addTransceiver(track, { direction: "sendonly" }), track.kind, options);
  for (const kind of ["audio", "video"]) prefer(back.addTransceiver(kind, { direction: "recvonly" }), kind, options);
  await there.setRemoteDescription({ type: "answer", sdp: await api.rehearse(await offerOf(there, clock)) });
  await back.setRemoteDescription({ type: "answer", sdp: await api.rehearseBack(await offerOf(back, clock)) });
  if (!(await connected([there, back], clock))) return null;
  const before = await read(there, back);
  await pause(clock, MEASURED_MS);
  return figures(before, await read(there, back), MEASURED_MS);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}

function prefer(transceiver: RTCRtpTransceiver, kind: string, options: NetworkTestOptions): void {
  const codecs = kind === "video" ? archivedCodecs(options.videoCapabilities()) : [];
  if (codecs.length > 0 && typeof transceiver.setCodecPreferences === "function") transceiver.setCodecPreferences(codecs);
}

async function offerOf(peer: RTCPeerConnection, clock: Clock): Promise<string> {
  await peer.setLocalDescription(await peer.createOffer());
  if (peer.iceGatheringState !== "complete") {
    await new Promise<void>((resolve) => {
      const cancel = clock.after(GATHER_AT_MOST_MS, resolve);
      peer.onicegatheringstatechange = () => {
        if (peer.iceGatheringState !== "complete") return;
        cancel();
        resolve();
      };
    });
  }
  return peer.localDescription?.sdp ?? "";
}

function connected(peers: readonly RTCPeerConnection[], clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(CONNECTED_WITHIN_MS, () => resolve(false));
    const look = (): void => {
      if (peers.some((one) => one.connectionState === "failed")) resolve(false);
      else if (peers.every((one) => one.connectionState === "connected")) resolve(true);
      else return;
      cancel();
    };
    for (const one of peers) one.onconnectionstatechange = look;
    look();
  });
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}

async function read(there: RTCPeerConnection, back: RTCPeerConnection): Promise<Reading> {
  const reading: Reading = { sentBytes: 0, receivedBytes: 0, received: 0, lost: 0, rttMs: 0, availableBps: 0 };
  const number = (value: unknown): number => (typeof value === "number" ? value : 0);
  (await there.getStats()).forEach((one: Record<string, unknown>) => {
    if (one.type === "outbound-rtp") reading.sentBytes += number(one.bytesSent);
    if (one.type === "candidate-pair" && one.nominated === true) {
      reading.rttMs = Math.max(reading.rttMs, number(one.currentRoundTripTime) * 1000);
      reading.availableBps = Math.max(reading.availableBps, number(one.availableOutgoingBitrate));
    }
  });
  (await back.getStats()).forEach((one: Record<string, unknown>) => {
    if (one.type !== "inbound-rtp") return;
    reading.receivedBytes += number(one.bytesReceived);
    reading.received += number(one.packetsReceived);
    reading.lost += number(one.packetsLost);
  });
  return reading;
}

export function figures(before: Reading, after: Reading, measuredMs: number): NetworkFigures {
  const perSecond = (bytes: number): number => (Math.max(0, bytes) * 8 * 1000) / measuredMs;
  const lost = Math.max(0, after.lost - before.lost);
  const expected = lost + Math.max(0, after.received - before.received);
  return {
    // A still scene needs few bits: what the network offers counts as well.
    sendBps: Math.max(perSecond(after.sentBytes - before.sentBytes), after.availableBps),
    receivedBps: perSecond(after.receivedBytes - before.receivedBytes),
    lossPercent: expected === 0 ? 100 : (lost / expected) * 100,
    rttMs: after.rttMs,
  };
}
