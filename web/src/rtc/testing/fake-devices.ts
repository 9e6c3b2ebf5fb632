/** Cameras and microphones that a test plugs in, refuses and takes away. */

export class FakeTrack {
  enabled = true;
  muted = false;
  readyState: "live" | "ended" = "live";
  contentHint = "";
  /** As the system names the device. */
  get label(): string {
    return this.getSettings().deviceId ?? "";
  }
  onmute: (() => void) | null = null;
  onunmute: (() => void) | null = null;
  onended: (() => void) | null = null;

  constructor(
    readonly kind: "video" | "audio",
    readonly asked: MediaTrackConstraints,
    /** Ids of what is plugged in. */
    private readonly plugged: readonly string[] = [],
  ) {}

  getSettings(): MediaTrackSettings {
    const facing = this.asked.facingMode as { ideal?: string; exact?: string } | undefined;
    const facingMode = facing?.exact ?? facing?.ideal;
    const { exact, ideal } = (this.asked.deviceId ?? {}) as { exact?: string; ideal?: string };
    const liked = ideal !== undefined && this.plugged.includes(ideal) ? ideal : undefined;
    const deviceId = exact ?? liked ?? (facing?.exact === undefined ? `${this.kind}-device` : facing.exact);
    return { deviceId, ...(facingMode === undefined ? {} : { facingMode }) };
  }

  stop(): void {
    this.readyState = "ended";
  }

  /** Somebody pulls it out. */
  unplug(): void {
    this.readyState = "ended";
    this.onended?.();
  }

  /** The system takes the device away, as a phone call does. */
  take(): void {
    this.muted = true;
    this.onmute?.();
  }
}

export class FakeDevices {
  readonly opened: FakeTrack[] = [];
  /** Ids of the cameras that are listed. */
  plugged: string[] = [];
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
      tracks.push(new FakeTrack(kind, asked === true ? {} : asked, this.plugged));
    }
    this.opened.push(...tracks);
    return Promise.resolve(fakeStream(tracks));
  }

  enumerateDevices(): Promise<MediaDeviceInfo[]> {
    const listed = this.plugged.map((deviceId) => ({ kind: "videoinput", deviceId, label: deviceId }));
    return Promise.resolve(listed as unknown as MediaDeviceInfo[]);
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
