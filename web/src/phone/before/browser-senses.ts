/** The real browser's senses for the test before the call. */
import type { VisitApi } from "@/api/visit";
import type { CallEnvironment } from "@/rtc/call";

import { AUDIBLE } from "./checks";
import { measureNetwork } from "./network-test";
import type { Senses } from "./try-out";

const LISTEN_MS = 2000;
/** Who has just been asked for the microphone may need a moment to say something. */
const LISTEN_TO_SILENCE_MS = 5000;
/** 0.7 s of sound: whatever keeps the page from looking, it misses nothing. */
const HEARD_SAMPLES = 32768;
const LOOK_EVERY_MS = 250;
const LOCATE_MS = 8000;

interface Battery {
  level: number;
  charging: boolean;
}

export function browserSenses(api: VisitApi, environment: CallEnvironment): Senses {
  return {
    listen: (track) => loudest(track),
    locate: () =>
      new Promise((resolve) => {
        if (!("geolocation" in navigator)) {
          resolve("unsupported");
          return;
        }
        navigator.geolocation.getCurrentPosition(
          ({ coords }) => resolve({ accuracyM: coords.accuracy }),
          ({ code, PERMISSION_DENIED }) => resolve(code === PERMISSION_DENIED ? "denied" : "unavailable"),
          { enableHighAccuracy: true, timeout: LOCATE_MS, maximumAge: 60_000 },
        );
      }),
    network: (tracks, enough) =>
      measureNetwork({
        api,
        clock: environment.clock,
        createPeer: (configuration) => environment.createPeer(configuration),
        videoCapabilities: () => environment.videoCapabilities(),
        tracks,
        enough,
      }),
    battery: async () => {
      const { getBattery } = navigator as { getBattery?: () => Promise<Battery> };
      return getBattery === undefined ? null : await getBattery.call(navigator);
    },
    storage: async () => ({ keeps: keepsThings(), freeMb: await freeMb() }),
  };
}

async function loudest(track: MediaStreamTrack): Promise<number | null> {
  if (typeof AudioContext === "undefined") return null;
  const context = new AudioContext();
  try {
    await context.resume();
    if (context.state !== "running") return null;
    const analyser = context.createAnalyser();
    const source = context.createMediaStreamSource(new MediaStream([track]));
    source.connect(analyser);
    analyser.fftSize = HEARD_SAMPLES;
    const samples = new Float32Array(HEARD_SAMPLES);
    let peak = 0;
    const startedAt = performance.now();
    while (performance.now() - startedAt < (peak < AUDIBLE ? LISTEN_TO_SILENCE_MS : LISTEN_MS)) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      analyser.getFloatTimeDomainData(samples);
      peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), peak);
    }
    return peak;
  } finally {
    await context.close();
  }
}

function keepsThings(): boolean {
  try {
    window.localStorage.setItem("inspect-try", "1");
    window.localStorage.removeItem("inspect-try");
    return "indexedDB" in window;
  } catch {
    return false;
  }
}

async function freeMb(): Promise<number | null> {
  const { storage } = navigator as { storage?: StorageManager };
  if (typeof storage?.estimate !== "function") return null;
  const { quota = 0, usage = 0 } = await storage.estimate();
  return quota === 0 ? null : (quota - usage) / 1024 ** 2;
}
