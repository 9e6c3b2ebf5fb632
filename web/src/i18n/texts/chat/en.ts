import type zh from "./zh-CN";

const en: typeof zh = {
  tab: "Chat",
  unread: "{n} unread",
  list: "Chat",
  empty: "Nothing written yet. Write when somebody cannot hear or speak; everybody sees it.",
  own: "Me",
  write: "Write, Enter sends",
  send: "Send",
  sending: "Sending; sent again by itself when the network is back",
  refused: "Not sent: {why}",
  giveUp: "Give up",
  came: "{name}: {text}",
  phrases: {
    label: "Phrases",
    list: {
      hear: "Can you hear me?",
      sign: "Please hold the licence before the camera",
      slower: "Please move more slowly",
      closer: "Please go a little closer",
      there: "Please look at what is marked in the picture",
      wait: "One moment, please",
      thanks: "Good, thank you",
    },
  },
};
export default en;
