/** The people in the call and the expert's opinions, on the phone. */
export default {
  here: "{n} present",
  me: "You",
  away: "Network lost",
  observing: "Listens only, sends nothing",
  silencedState: "Muted by inspector",
  roles: { inspector: "Inspector", enterprise: "Company", helper: "Helper", expert: "Expert", observer: "Observer", device: "Camera", screen: "Video wall" },
  watching: {
    label: "Listening to the inspection",
    nothing: "No picture yet",
    note: "You are listening and send neither picture nor sound. Everybody here sees that you are present.",
  },
  opinions: {
    button: "Opinion",
    title: "Expert opinion",
    text: "Write what you think, point by point. The inspector sees it at once, and it goes into the record. It cannot be changed afterwards, but you can add more.",
    now: "Looked at now",
    count: "Written: {n}",
    given: "Sent at {time}",
    write: "Your opinion",
    add: "Add to your opinion",
    send: "Send opinion",
    sending: "Sending…",
    problems: {
      part_concluded: "This part is concluded; no more opinions can be written. If need be, tell the inspector.",
      record_signed: "The record is signed; no more opinions can be written.",
      network_unreachable: "The server could not be reached. What you wrote is still here; please try again.",
      request_timed_out: "The server did not answer in time. What you wrote is still here; please try again.",
      other: "It was not sent. What you wrote is still here; please try again.",
    },
  },
};
