import type zh from "./zh-CN";

const en: typeof zh = {
  asking: {
    title: "Please choose “Allow”",
    text: "Your phone is asking for the camera and the microphone. Both are needed for you to be seen and heard in the call.",
    waiting: "Waiting for your choice…",
  },
  devices: {
    denied: {
      title: "The camera is blocked",
      text: "Camera or microphone were not allowed, so you cannot be seen or heard in the call. To allow them:",
    },
    steps: {
      ios: [
        "Tap the page icon left of the address, then “Website Settings”",
        "Set “Camera” and “Microphone” to “Allow”",
        "If that is missing: Settings → Apps → Safari → Camera / Microphone → Allow",
        "Come back here and tap “Try again”",
      ],
      android: [
        "Tap the lock or settings icon left of the address, then “Permissions”",
        "Set “Camera” and “Microphone” to “Allow”",
        "If that does not help: system Settings → Apps → your browser → Permissions",
        "Come back here and tap “Try again”",
      ],
      "wechat-ios": [
        "Open Settings → WeChat on the phone and switch on Camera and Microphone",
        "Go back to WeChat and open the link again",
        "Still nothing: tap ··· at the top right, then “Open in default browser”",
      ],
      "wechat-android": [
        "System Settings → Apps → WeChat → Permissions: allow Camera and Microphone",
        "Go back to WeChat, open the link again and choose “Allow”",
        "Still nothing: tap ··· at the top right, then “Open in browser”",
      ],
      other: [
        "Open the site permissions by the icon left of the address",
        "Set “Camera” and “Microphone” to “Allow”",
        "Come back here and tap “Try again”",
      ],
    },
    not_found: {
      title: "No camera found",
      text: "This device has no usable camera. Please open the same link on a phone with a camera.",
    },
    in_use: {
      title: "The camera is in use",
      text: "Another app or a phone call uses the camera or the microphone. Hang up or close it, then tap “Try again”.",
    },
    insecure: {
      title: "Please use the https link",
      text: "This page was opened by http, and phones give the camera to https pages only. Open the link that begins with https, or ask the inspector to show the QR code again.",
    },
    unsupported: {
      title: "This browser cannot do video",
      text: "Open the link in your phone's own browser, Chrome or Safari. In WeChat: tap ··· at the top right, then “Open in browser”.",
    },
    failed: {
      title: "The camera did not start",
      text: "Tap “Try again”. If that does not help, restart the browser and open the link again.",
    },
  },
  call: {
    label: "Video inspection call",
    ownPicture: "Your picture, just as the inspector sees it",
    ownFace: "Your own picture",
    pictureOf: "Picture of {name}",
    inspector: "Inspector",
    you: "You",
    recording: "Recording",
    notRecording: "Not recording",
    elapsed: "In the call for {time}",
    turn: "Turn camera",
    mute: "Mute",
    unmute: "Unmute",
    leave: "Leave",
    addCamera: "2nd camera",
    removeCamera: "Stop 2nd",
    ownCamera: "Your camera {n}",
    cameraOf: "{name}, camera {n}",
    addNoneLeft: "This phone has no other usable camera",
    addOneAtATime: "This phone cannot use two cameras at once. Use “Turn camera” to change between them",
    addRefused: "This inspection has as many cameras as it can take. None was added",
    addFailed: "The other camera did not open. Please try again",
    swap: "Make large",
    joining: "Connecting…",
    joiningLong: "This takes long. Please check your network",
    waiting: "You are in. Waiting for the inspector",
    waitingHint: "Please keep this page open",
    away: "The inspector's network broke off, waiting",
    noCamera: "Camera is off",
    reconnecting: "Network lost, reconnecting by itself",
    reconnectingHint: "Keep this page open. A place with better signal helps.",
    offline: "The phone is offline. Switch on Wi‑Fi or mobile data",
    seconds: "{n} s",
    network: { good: "Network good", fair: "Network fair", poor: "Network poor" },
    absence: {
      background: "The picture was off for {n} s while this page was in the background. It is back",
      taken: "The picture was off for {n} s while a phone call or another app had the camera. It is back",
    },
    poorHint: "Network poor: go to a window or closer to the router, or use mobile data",
    stillHint: "The network is very slow: only still pictures get through, sound is fine. Go where the signal is better",
    slowHint: "The network is slow: the picture is smaller for now, hold the phone still. It comes back by itself",
    sharpHint: "The inspector wants to see details: hold the phone still and move slowly",
    socketRefused:
      "The phone refuses the connection. Under a self-made certificate an iPhone may not allow the call: use an Android phone, or ask the office for a proper certificate.",
    cameraTaken: "Another app uses the camera",
    cameraTakenHint: "It comes back by itself after the phone call or when the other app is closed.",
    microphoneTaken: "No microphone: the inspector cannot hear you",
    silencedHint: "The inspector has muted you; nobody hears you",
    speakFailed: "You are still muted: there was no answer",
    mutedHint: "You are muted: the inspector cannot hear you",
    reopen: "Open again",
    turnFailed: "This phone has no other usable camera",
    noCodec:
      "This phone cannot send the video format needed (H.264 or VP9), so the inspector sees nothing. Please use another phone.",
    spoolFull: "The server is short of storage and starts no new calls. Please contact the inspector.",
    publishFailed: "Your picture cannot be sent at the moment, trying again ({code})",
    tap: "Tap the screen",
    tapText: "to start picture and sound",
  },
  leave: {
    title: "Leave the inspection?",
    text: "Recording stops when you leave. Until the inspector ends it, you can come back by the same link.",
    stay: "Stay",
    leave: "Leave",
  },
  over: {
    left: {
      title: "You have left",
      text: "Recording has stopped. Until the inspector ends the inspection, you can come back.",
      action: "Join again",
    },
    ended: {
      title: "The inspection is over",
      text: {
        show: "Thank you. The recording is saved and {organisation} will tell you the result. You can close this page.",
        advise: "Thank you. The recording is saved at {organisation}. You can close this page.",
        watch: "Thank you. The recording is saved at {organisation}. You can close this page.",
      },
    },
    replaced: {
      title: "Opened in another window",
      text: "The same link entered the call on another phone or in another window, so it stopped here.",
      action: "Continue here",
    },
  },
  trouble: {
    invitation_invalid: {
      title: "The link is not right",
      text: "It is incomplete or mistyped. Scan the QR code again or ask the inspector for the link.",
    },
    invitation_expired: {
      title: "The link has expired",
      text: "Please ask the inspector for a new invitation.",
    },
    participant_removed: {
      title: "You were removed from this inspection",
      text: "The inspector removed you from the call, and this link no longer works. What was recorded is kept. If in doubt, contact the inspector and ask for a new invitation.",
    },
    invitation_revoked: {
      title: "The invitation was withdrawn",
      text: "The inspector took this invitation back. If in doubt, contact the inspector.",
    },
    inspection_ended: {
      title: "The inspection is over",
      text: "Nobody can enter any more. If another inspection is needed, contact the inspector.",
    },
    room_full: {
      title: "The room is full",
      text: "Try again later or contact the inspector.",
    },
    too_many_attempts: {
      title: "Too many attempts",
      text: "Please wait a little before you try again.",
    },
    network: {
      title: "The server cannot be reached",
      text: "Check Wi‑Fi or mobile data, then tap “Try again”.",
    },
    version_unsupported: {
      title: "This page is out of date",
      text: "The server was updated. Tap “Try again” to load the page anew.",
    },
    other: {
      title: "Something went wrong",
      text: "Tap “Try again”. If that does not help, tell the inspector the code {code}.",
    },
  },
  focus: {
    label: "What is being checked",
    now: "Now {number}/{count} · {area}",
    show: { show: "Please show: {text}", advise: "To be shown: {text}", watch: "To be shown: {text}" },
    next: "Next: {text}",
    also: "Also for {department}: {text}",
  },
};
export default en;
