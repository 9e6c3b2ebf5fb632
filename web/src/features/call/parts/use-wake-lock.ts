/** Keeps the screen on while the scope lives; the system takes the lock away whenever the page is hidden. */
import { onScopeDispose } from "vue";

export function useWakeLock(): void {
  let lock: WakeLockSentinel | null = null;
  let over = false;

  async function keepOn(): Promise<void> {
    if (document.visibilityState !== "visible") return;
    try {
      // Older browsers have none, and a nearly empty battery refuses: then the person keeps the screen on.
      const got = await (navigator as { wakeLock?: WakeLock }).wakeLock?.request("screen");
      if (over) void got?.release();
      else lock = got ?? null;
    } catch {
      lock = null;
    }
  }

  const again = () => void keepOn();
  document.addEventListener("visibilitychange", again);
  onScopeDispose(() => {
    over = true;
    document.removeEventListener("visibilitychange", again);
    void lock?.release();
  });
  void keepOn();
}
