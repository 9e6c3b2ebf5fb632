/** The real browser as the environment of a call. */

import type { Call, CallEnvironment } from "./call";
import { browserClock } from "./clock";
import { deviceName } from "./device-name";
import { FurtherCameras } from "./further-cameras";
import { LocalMedia, type LocalMediaOptions } from "./local-media";
import { obstacle, type DeviceProblem, type SendingProfile } from "./devices";

export function browserEnvironment(place: { protocol: string; host: string }): CallEnvironment {
  const scheme = place.protocol === "https:" ? "wss" : "ws";
  return {
    clock: browserClock,
    openSocket: () => new WebSocket(`${scheme}://${place.host}/api/signalling`),
    createPeer: (configuration) => new RTCPeerConnection(configuration),
    createStream: () => new MediaStream(),
    videoCapabilities: () => RTCRtpSender.getCapabilities("video")?.codecs ?? [],
    device: deviceName(navigator.userAgent),
  };
}

export function browserMedia(profile: SendingProfile, preferred?: LocalMediaOptions["preferred"]): LocalMedia {
  return new LocalMedia({
    ...(preferred === undefined ? {} : { preferred }),
    clock: browserClock,
    profile,
    devices: navigator.mediaDevices,
    createStream: (tracks) => new MediaStream(tracks),
  });
}

export function browserFurtherCameras(call: Call, media: LocalMedia): FurtherCameras {
  return new FurtherCameras({
    clock: browserClock,
    call,
    media,
    devices: navigator.mediaDevices,
    createStream: (tracks) => new MediaStream(tracks),
  });
}

/** Why this page cannot ask for devices or call at all, or null. */
export function browserObstacle(): DeviceProblem | null {
  return obstacle({
    isSecureContext: window.isSecureContext,
    hasMediaDevices: "mediaDevices" in navigator && "RTCPeerConnection" in window,
  });
}
