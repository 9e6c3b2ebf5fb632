import { expect, test, vi } from "vitest";

import { MessageHub } from "./message-hub";
import type { Welcome } from "./messages";
import { followTopic } from "./topics";

test("a page looks again when its topic changed and when it comes back, not for another topic", () => {
  const messages = new MessageHub();
  const reload = vi.fn();
  const stop = followTopic(messages, "evidence", reload);
  messages.tell({ type: "changed", topic: "moments" });
  expect(reload).not.toHaveBeenCalled();
  messages.tell({ type: "changed", topic: "evidence" });
  messages.tell({ type: "welcome" } as Welcome);
  expect(reload).toHaveBeenCalledTimes(2);
  stop();
  messages.tell({ type: "changed", topic: "evidence" });
  expect(reload).toHaveBeenCalledTimes(2);
});
