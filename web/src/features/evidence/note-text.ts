/** What stands beside a piece of evidence or a wish, in the reader's language. */
import { useI18n } from "vue-i18n";

import type { NewEvidence } from "@/api/evidence";

export type Doorplate = NonNullable<NewEvidence["doorplate"]>;

interface Noted {
  note?: string;
  doorplate?: Doorplate | null;
}

/** Empty where nothing was written. */
export function useNoteText(): (about: Noted) => string {
  const { t } = useI18n();
  return ({ note = "", doorplate = null }) =>
    [doorplate === null ? "" : t(`evidence.doorplate.${doorplate}`), note].filter(Boolean).join(" · ");
}
