/** Keeps what a page shows of something that the server keeps up to date while the call runs. */
import type { MessageHub, MessageOf } from "./message-hub";
import type { Unsubscribe } from "./observable";

export type Topic = MessageOf<"changed">["topic"];

/** Calls `reload` whenever the topic changed, and after each coming back, when a change may have been missed. */
export function followTopic(messages: MessageHub, topic: Topic, reload: () => void): Unsubscribe {
  const stop = [
    messages.on("changed", (changed) => {
      if (changed.topic === topic) reload();
    }),
    messages.on("welcome", reload),
  ];
  return () => stop.forEach((each) => each());
}
