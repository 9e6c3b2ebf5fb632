import { expect, test } from "vitest";

import { hintFor } from "./picture-hints";

const picture = (participant_id: string, ...hints: ("too_dark" | "covered" | "blurred")[]) => ({ participant_id, source: "camera", hints });

test("only about one's own pictures, the cause before its signs", () => {
  const pictures = [picture("other", "covered"), picture("me", "blurred"), picture("me", "too_dark", "blurred")];
  expect(hintFor("me", pictures)).toBe("too_dark");
  expect(hintFor("me", [...pictures, picture("me", "covered")])).toBe("covered");
  expect(hintFor("nobody", pictures)).toBeNull();
  expect(hintFor(null, pictures)).toBeNull();
});
