/** Who was muted by the inspector has something to say: asked once, however often the button is pressed. */
import { readonly, ref, type Ref } from "vue";

import type { ApiClient } from "@/api/client";

export interface SpeakingAgain {
  /** Whether the last try came to nothing. */
  failed: Readonly<Ref<boolean>>;
  ask: () => Promise<void>;
}

export function createSpeakingAgain(client: Pick<ApiClient, "delete">): SpeakingAgain {
  const failed = ref(false);
  let asking = false;

  return {
    failed: readonly(failed),
    async ask() {
      if (asking) return;
      asking = true;
      try {
        await client.delete("/api/visit/silence");
        failed.value = false;
      } catch {
        failed.value = true;
      } finally {
        asking = false;
      }
    },
  };
}
