/** Which cameras and microphones are asked for, and why one may be missing. */

export type DeviceKind = "camera" | "microphone";

/** `denied`: the person or the system said no; `insecure`: browsers give devices to https and localhost only. */
export type DeviceProblem = "denied" | "not_found" | "in_use" | "insecure" | "unsupported" | "failed";

export type Facing = "environment" | "user";

/** What a side of the call sends. */
export interface SendingProfile {
  width: number;
  height: number;
  framesPerSecond: number;
  maxBitrateBps: number;
  /** `detail` would make Chromium's H264 encoder give up sharpness that the network carries, and drop pictures. */
  contentHint: "detail" | "motion";
  /** Which camera of a phone to begin with; null: the laptop's default one. */
  facing: Facing | null;
  /** Whether nothing can be shown without a camera. */
  cameraRequired: boolean;
  /** Whether the system takes the camera away from a page in the background, as phones do. */
  backgroundTakesCamera: boolean;
}

/** The enterprise shows the site: everything the phone can give. */
export const SITE_CAMERA: SendingProfile = {
  width: 1280,
  height: 720,
  framesPerSecond: 30,
  maxBitrateBps: 3_000_000,
  contentHint: "motion",
  facing: "environment",
  cameraRequired: true,
  backgroundTakesCamera: true,
};

/** The office's side is only a face: the phone's downlink is weak too. */
export const FACE_CAMERA: SendingProfile = {
  width: 640,
  height: 360,
  framesPerSecond: 15,
  maxBitrateBps: 300_000,
  contentHint: "motion",
  facing: null,
  cameraRequired: false,
  backgroundTakesCamera: false,
};

/** A device that cannot be had. */
export class DeviceError extends Error {
  constructor(
    readonly kind: DeviceKind,
    readonly problem: DeviceProblem,
  ) {
    super(`${kind}: ${problem}`);
    this.name = "DeviceError";
  }
}

const PROBLEMS: Readonly<Record<string, DeviceProblem>> = {
  NotAllowedError: "denied",
  PermissionDeniedError: "denied",
  SecurityError: "denied",
  NotFoundError: "not_found",
  DevicesNotFoundError: "not_found",
  OverconstrainedError: "not_found",
  NotReadableError: "in_use",
  TrackStartError: "in_use",
  AbortError: "in_use",
};

/** What a refusal of getUserMedia means, by the name of its exception (W3C mediacapture-streams, and older names). */
export function problemOf(error: unknown): DeviceProblem {
  return PROBLEMS[error instanceof Error ? error.name : ""] ?? "failed";
}

/** Why devices cannot even be asked for, or null. */
export function obstacle(place: { isSecureContext: boolean; hasMediaDevices: boolean }): DeviceProblem | null {
  if (!place.isSecureContext) return "insecure";
  return place.hasMediaDevices ? null : "unsupported";
}

/** Which device: a chosen one and no other, or one that would be liked best if it is there. */
export type DeviceChoice = { deviceId: string } | { preferredId: string };

/** Which camera: one of these, one that looks this way, or any. */
export type CameraChoice = DeviceChoice | { facing: Facing } | null;

/** What is to be opened in place of a device that is gone: it again if it is back, else another one. */
export function loosely<Choice extends object>(choice: Choice): Choice | { preferredId: string } {
  return "deviceId" in choice && typeof choice.deviceId === "string" ? { preferredId: choice.deviceId } : choice;
}

/** What is liked best and plugged in is asked for by name: browsers weigh a mere wish against the size of the picture. */
export function firmly<Choice extends object | null>(choice: Choice, plugged: ReadonlySet<string> | null): Choice | { deviceId: string } {
  if (choice === null || !("preferredId" in choice) || typeof choice.preferredId !== "string") return choice;
  return plugged?.has(choice.preferredId) === true ? { deviceId: choice.preferredId } : choice;
}

function idConstraint(choice: DeviceChoice): MediaTrackConstraints {
  return "deviceId" in choice ? { deviceId: { exact: choice.deviceId } } : { deviceId: { ideal: choice.preferredId } };
}

export function cameraConstraints(profile: SendingProfile, choice: CameraChoice): MediaTrackConstraints {
  const which: MediaTrackConstraints =
    choice === null
      ? {}
      : "facing" in choice
        ? { facingMode: { ideal: choice.facing } }
        : idConstraint(choice);
  return {
    ...which,
    width: { ideal: profile.width },
    height: { ideal: profile.height },
    // Chromium drops about one picture in a hundred to keep below a maximum that is the camera's own rate.
    frameRate: { ideal: profile.framesPerSecond, ...(profile.framesPerSecond < 30 && { max: profile.framesPerSecond }) },
  };
}

/** Where a camera says that it looks; laptops and some phones do not tell. */
export function facingOf(settings: MediaTrackSettings | undefined): Facing | null {
  const told = settings?.facingMode;
  return told === "user" || told === "environment" ? told : null;
}

export function microphoneConstraints(choice: DeviceChoice | null): MediaTrackConstraints {
  return {
    ...(choice === null ? {} : idConstraint(choice)),
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
  };
}
