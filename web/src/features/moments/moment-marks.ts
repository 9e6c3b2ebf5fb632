/** Moments as marks above the timeline of the replay: people who came and went, and what was seen of the site. Pure. */
import type { Mark } from "@/features/replay/timeline/marks";
import { momentText } from "@/features/site/moment-text";

import type { Moment } from "./moment-desk";

type Translate = (key: string, values: Record<string, string>) => string;

const PEOPLE = new Set(["waiting", "admitted", "silenced", "let_speak", "spoke_again", "removed", "left"]);

/** Moments that stand elsewhere on the page (judgements, pictures, opinions) make no mark here. `t`: of vue-i18n. */
export function momentMarks(moments: readonly Moment[], names: Readonly<Record<string, string>>, t: Translate): Mark[] {
  return moments.flatMap((moment): Mark[] => {
    const at = { key: moment.id, atMs: Date.parse(moment.at) };
    const [noun, what = ""] = moment.kind.split(".");
    if (noun === "participant" && PEOPLE.has(what)) {
      const name = names[moment.participant_id ?? ""] ?? t("replay.people.somebody", {});
      return [{ ...at, family: "people", group: "person", label: t(`replay.people.${what}`, { name }) }];
    }
    const label = momentText(moment, t);
    return label === null ? [] : [{ ...at, family: "site", group: "other", label }];
  });
}
