/** What a moment beside the footage says of place, challenge and picture, in the reader's language. */
import type { Schema } from "@/api/client";

import { writeDistance } from "./coordinates";

type Moment = Pick<Schema<"MomentView">, "kind" | "details">;
type Translate = (key: string, values: Record<string, string>) => string;

const KINDS = new Set([
  "position.inside",
  "position.outside",
  "position.none",
  "challenge.asked",
  "challenge.seen",
  "challenge.confirmed",
  "challenge.failed",
  "challenge.expired",
  "picture.hint",
  "picture.hint_over",
  "picture.code",
]);

/** Null for moments of other kinds. `t`: of vue-i18n. */
export function momentText({ kind, details }: Moment, t: Translate): string | null {
  if (!KINDS.has(kind)) return null;
  const said = (name: string): string => String(details[name] ?? "");
  const metres = (name: string): string => writeDistance(Number(details[name] ?? 0));
  const [family] = kind.split(".");
  const values: Record<string, string> =
    family === "challenge"
      ? { task: t(`site.task.${said("task")}.title`, {}), code: said("code") }
      : {
          distance: metres("distance_m"),
          accuracy: metres("accuracy_m"),
          why: details["why"] ? t(`site.why.${said("why")}`, {}) : "",
          hint: details["hint"] ? t(`site.hint.${said("hint")}`, {}) : "",
          text: said("text"),
        };
  return t(`site.moment.${kind}`, values);
}
