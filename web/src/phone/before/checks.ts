/** What the figures of a test mean for the call. Pure. */
import type { Schema } from "@/api/client";
import type { DeviceProblem } from "@/rtc/devices";

export type Check = Schema<"CheckView">;
export type Subject = Check["subject"];
export type Verdict = Check["verdict"];

export interface NetworkFigures {
  /** What the network could carry, or what was sent if that is more. */
  sendBps: number;
  receivedBps: number;
  /** Of what was sent there and back, without repair. */
  lossPercent: number;
  rttMs: number;
}

const check = (subject: Subject, verdict: Verdict, problem = "", facts: Check["facts"] = {}): Check => ({
  subject,
  verdict,
  problem,
  facts,
});

export function notTested(subject: Subject): Check {
  return check(subject, "not_tested");
}

export function judgeCamera(found: { width: number; height: number; label: string } | DeviceProblem): Check {
  if (typeof found === "string") return check("camera", "bad", found);
  const facts = { width_px: found.width, height_px: found.height, name: found.label.slice(0, 100) };
  return Math.min(found.width, found.height) >= 480
    ? check("camera", "good", "", facts)
    : check("camera", "weak", "small", facts);
}

/** Of the loudest moment, 0 to 1: somebody speaks, or a room is not silent. */
export const AUDIBLE = 0.01;

/** `peak`: the loudest moment, 0 to 1; null: the browser does not tell. */
export function judgeMicrophone(peak: number | null | DeviceProblem): Check {
  if (typeof peak === "string") return check("microphone", "bad", peak);
  if (peak === null) return check("microphone", "untold");
  const facts = { level_percent: Math.round(Math.min(1, peak) * 100) };
  return peak >= AUDIBLE ? check("microphone", "good", "", facts) : check("microphone", "weak", "silent", facts);
}

export function judgeLocation(found: { accuracyM: number } | "denied" | "unavailable" | "unsupported"): Check {
  if (found === "unsupported") return check("location", "untold");
  if (typeof found === "string") return check("location", "bad", found);
  const facts = { accuracy_m: Math.round(found.accuracyM) };
  return found.accuracyM <= 100 ? check("location", "good", "", facts) : check("location", "weak", "inexact", facts);
}

export function judgeNetwork(figures: NetworkFigures | null): Check {
  if (figures === null) return check("network", "bad", "unreachable");
  const { sendBps, receivedBps, lossPercent, rttMs } = figures;
  const facts = {
    send_kbps: Math.round(sendBps / 1000),
    received_kbps: Math.round(receivedBps / 1000),
    loss_percent: Math.round(lossPercent * 10) / 10,
    rtt_ms: Math.round(rttMs),
  };
  if (sendBps < 300_000 || lossPercent > 15 || rttMs > 800) return check("network", "bad", "slow", facts);
  if (sendBps < 900_000 || lossPercent > 5 || rttMs > 400) return check("network", "weak", "slow", facts);
  return check("network", "good", "", facts);
}

export function judgeBattery(found: { level: number; charging: boolean } | null): Check {
  if (found === null) return check("battery", "untold");
  const facts = { percent: Math.round(found.level * 100), charging: found.charging ? "yes" : "no" };
  if (found.charging || found.level >= 0.4) return check("battery", "good", "", facts);
  return check("battery", found.level >= 0.2 ? "weak" : "bad", "low", facts);
}

/** `freeMb` null: the browser keeps things but does not tell how many. */
export function judgeStorage(found: { keeps: boolean; freeMb: number | null }): Check {
  if (!found.keeps) return check("storage", "bad", "private_mode");
  if (found.freeMb === null) return check("storage", "good");
  const facts = { free_mb: Math.round(found.freeMb) };
  return found.freeMb >= 50 ? check("storage", "good", "", facts) : check("storage", "weak", "full", facts);
}

/** Whether the person should look at it before going on. */
export function needsAttention(checks: readonly Check[]): boolean {
  return checks.some((one) => one.verdict === "bad" || one.verdict === "weak");
}
