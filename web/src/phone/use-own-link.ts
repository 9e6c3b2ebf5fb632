/** The link of this page, to be opened in another browser: copied, or marked for the person to copy. */

import { ref, type Ref } from "vue";
import { useI18n } from "vue-i18n";

export interface OwnLink {
  link: string;
  /** What came of copying; empty before. */
  said: Ref<string>;
  copy: () => Promise<void>;
}

/** Args: field — shows the link. */
export function useOwnLink(field: Readonly<Ref<HTMLInputElement | null>>): OwnLink {
  const { t } = useI18n();
  const link = window.location.href;
  const said = ref("");

  async function copy(): Promise<void> {
    try {
      const { clipboard } = navigator as { clipboard?: Clipboard };
      if (clipboard === undefined) throw new DOMException("no clipboard");
      await clipboard.writeText(link);
      said.value = t("arrival.elsewhere.copied");
    } catch {
      // What the browser will not do by itself the person can: the link is marked for the system's own menu.
      field.value?.focus();
      field.value?.select();
      said.value = t("arrival.elsewhere.copyByHand");
    }
  }

  return { link, said, copy };
}
