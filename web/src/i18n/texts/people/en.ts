/** The people in a call, for the inspector. */
export default {
  tab: "People",
  here: "Present: {n}",
  left: "Have left: {names}",
  invite: "Invite more people",
  silenced: "Muted by inspector",
  observing: "Listens only, sends nothing",
  isLarge: "Shown large",
  makeLarge: "Show {name} large",
  silence: "Mute {name}",
  letSpeak: "Unmute {name}",
  remove: {
    action: "Remove {name}",
    title: "Remove {name} from this inspection?",
    text: "They leave at once, their link stops working, and they cannot come back. What was recorded is kept. You can invite them again.",
    site: "This is the phone at the site. Its picture ends at once and its link stops working; the company cannot use it for the result or to sign the record either. What was recorded is kept. To go on, you have to invite the company again.",
    confirm: "Remove",
  },
  colleague: {
    title: "Colleagues with an account",
    text: "Inspectors of your office sign in and open this address; they need no invitation.",
    address: "Address of this inspection",
    copy: "Copy the address of this inspection",
  },
};
