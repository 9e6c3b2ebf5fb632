import { expect, test } from "vitest";

import { MessageHub } from "./message-hub";
import type { ServerMessage } from "./messages";
import { WELCOME } from "./testing/fake-socket";

test("a message reaches those who listen for its type, and nobody else", () => {
  const hub = new MessageHub();
  const heard: string[] = [];
  hub.on("connection_lost", (message) => heard.push(`lost ${message.connection}`));
  hub.on("ended", () => heard.push("ended"));
  hub.tell({ type: "connection_lost", connection: "p1" });
  expect(heard).toEqual(["lost p1"]);
});

test("who listens no more hears nothing, even if another one stops them", () => {
  const hub = new MessageHub();
  const heard: string[] = [];
  const stopFirst = hub.on("ended", () => heard.push("first"));
  hub.on("ended", () => heard.push("second"));
  hub.tell({ type: "ended" });
  stopFirst();
  hub.tell({ type: "ended" });
  expect(heard).toEqual(["first", "second", "second"]);
});

test("a message that nobody listens for is skipped", () => {
  expect(() => new MessageHub().tell({ type: "ended" })).not.toThrow();
});

test("who begins to listen later hears how it stands, but nothing from before the newest welcome", () => {
  const hub = new MessageHub();
  const heard: string[] = [];
  const hints = (source: string): ServerMessage => ({
    type: "picture_hints",
    pictures: [{ participant_id: "wang", source, hints: ["blurred"] }],
  });
  hub.tell(hints("camera"));
  hub.tell(hints("second"));
  hub.on("picture_hints", ({ pictures }) => heard.push(...pictures.map(({ source }) => source)));
  expect(heard).toEqual(["second"]);
  hub.tell(WELCOME);
  hub.on("picture_hints", () => heard.push("stale"));
  expect(heard).toEqual(["second"]);
});

test("what is told once waits for the first who listens, in its order, and for nobody after them", () => {
  const hub = new MessageHub();
  const heard: string[] = [];
  const board = (source: string): ServerMessage => ({ type: "board", participant_id: "wang", source, frozen: null, drawn: [] });
  hub.tell(board("stale"));
  hub.tell(WELCOME);
  hub.tell(board("camera"));
  hub.tell(board("second"));
  hub.on("board", ({ source }) => heard.push(source));
  hub.on("board", ({ source }) => heard.push(`late ${source}`));
  expect(heard).toEqual(["camera", "second"]);
});

test("what each camera can do waits for a part of the page that is loaded later", () => {
  const hub = new MessageHub();
  const heard: string[] = [];
  hub.tell(WELCOME);
  for (const source of ["camera", "camera-2"]) hub.tell({ type: "camera_abilities", participant_id: "wang", source, abilities: null });
  hub.on("camera_abilities", ({ source }) => heard.push(source));
  expect(heard).toEqual(["camera", "camera-2"]);
});
