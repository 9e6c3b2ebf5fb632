/** Cameras and microphones that a test plugs in, refuses and takes away. */

export class FakeTrack {
  enabled = true;
  muted = false;
  readyState: "live" | "ended" = "live";
  contentHint = "";
  onmute: (() => void) | null = null;
  onunmute: (() => void) | null = null;
  onended: (() => void) | null = null;

  constructor(
    readonly kind: "video" | "audio",
    readonly asked: MediaTrackConstraints,
  ) {}

  getSettings(): MediaTrackSettings {
    const facing = this.asked.facingMode as { ideal?: string } | undefined;
    return { deviceId: `${this.kind}-device`, ...(facing?.ideal === undefined ? {} : { facingMode: facing.ideal }) };
  }

  stop(): void {
    this.readyState = "ended";
  }

  /** The system takes the device away, as a phone call does. */
  take(): void {
    this.muted = true;
    this.onmute?.();
  }
}

export class FakeDevices {
  readonly opened: FakeTrack[] = [];
  /** Kinds that cannot be opened, with the name of the exception. */
  readonly refused = new Map<"video" | "audio", string>();
  /** The name of the exception with which the next request alone fails. */
  refusedOnce: string | null = null;

  getUserMedia(constraints: MediaStreamConstraints = {}): Promise<MediaStream> {
    if (this.refusedOnce !== null) {
      const name = this.refusedOnce;
      this.refusedOnce = null;
      return Promise.reject(new DOMException("", name));
    }
    const tracks: FakeTrack[] = [];
    for (const kind of ["video", "audio"] as const) {
      const asked = constraints[kind];
      if (asked === undefined || asked === false) continue;
      const refusal = this.refused.get(kind);
      if (refusal !== undefined) return Promise.reject(new DOMException("", refusal));
      tracks.push(new FakeTrack(kind, asked === true ? {} : asked));
    }
    this.opened.push(...tracks);
    return Promise.resolve(fakeStream(tracks));
  }

  enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return Promise.resolve([]);
  }

  get cameras(): FakeTrack[] {
    return this.opened.filter((track) => track.kind === "video");
  }
}

export function fakeStream(tracks: readonly unknown[]): MediaStream {
  const stream = {
    getTracks: () => tracks,
    getVideoTracks: () => tracks.filter((track) => (track as FakeTrack).kind === "video"),
    getAudioTracks: () => tracks.filter((track) => (track as FakeTrack).kind === "audio"),
  };
  return stream as unknown as MediaStream;
}
