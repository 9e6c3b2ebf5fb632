/** Where in a box the picture of a video or an image is that is shown whole (`object-fit: contain`), as that changes. */
import { computed, onScopeDispose, ref, watch, type ComputedRef, type Ref } from "vue";

import { contained, type Rect, type Size } from "./geometry";

export interface PictureBox {
  picture: ComputedRef<Rect>;
  /** Width by height; null while nothing is known of the picture. */
  aspect: Readonly<Ref<number | null>>;
}

export function usePictureBox(
  box: () => Element | null,
  shown: () => HTMLVideoElement | HTMLImageElement | null,
): PictureBox {
  const size = ref<Size>({ width: 0, height: 0 });
  const aspect = ref<number | null>(null);
  const resizing = new ResizeObserver(([entry]) => {
    if (entry !== undefined) size.value = { width: entry.contentRect.width, height: entry.contentRect.height };
  });
  watch(
    box,
    (element) => {
      resizing.disconnect();
      if (element !== null) resizing.observe(element);
    },
    { immediate: true, flush: "post" },
  );
  watch(
    shown,
    (element, _, onCleanup) => {
      if (element === null) {
        aspect.value = null;
        return;
      }
      const look = (): void => {
        aspect.value = aspectOf(element) ?? aspect.value;
      };
      // A video's picture is "resized" when the phone is turned or the network narrows.
      const events = ["loadedmetadata", "resize", "load"];
      aspect.value = aspectOf(element);
      for (const event of events) element.addEventListener(event, look);
      onCleanup(() => events.forEach((event) => element.removeEventListener(event, look)));
    },
    { immediate: true, flush: "post" },
  );
  onScopeDispose(() => resizing.disconnect());
  return { picture: computed(() => contained(size.value, aspect.value ?? 16 / 9)), aspect };
}

function aspectOf(element: HTMLVideoElement | HTMLImageElement): number | null {
  const [width, height] =
    element instanceof HTMLVideoElement
      ? [element.videoWidth, element.videoHeight]
      : [element.naturalWidth, element.naturalHeight];
  return width > 0 && height > 0 ? width / height : null;
}
