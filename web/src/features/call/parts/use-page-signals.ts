/** What the page learns about itself and the network, passed on to the call and the own devices. */
import { onScopeDispose } from "vue";

export interface PageSignals {
  /** In the background or back. */
  hidden: (hidden: boolean) => void;
  online: (online: boolean) => void;
  /** Shown again out of the browser's memory, or the kind of network changed. */
  check: () => void;
  /** Cameras or microphones were plugged in or out. */
  devicesChanged: () => void;
}

/** Wi-Fi to mobile and back; known to Chromium only. */
interface NetworkInformation {
  connection?: EventTarget;
}

export function usePageSignals(signals: PageSignals): void {
  const stops: (() => void)[] = [];
  const listen = (target: EventTarget | undefined, type: string, action: () => void): void => {
    target?.addEventListener(type, action);
    stops.push(() => target?.removeEventListener(type, action));
  };
  const isHidden = () => document.visibilityState === "hidden";
  listen(document, "visibilitychange", () => {
    signals.hidden(isHidden());
    if (!isHidden()) signals.check();
  });
  listen(window, "pageshow", () => {
    signals.hidden(isHidden());
    signals.check();
  });
  listen(window, "online", () => signals.online(true));
  listen(window, "offline", () => signals.online(false));
  listen((navigator as NetworkInformation).connection, "change", () => signals.check());
  // Absent on insecure pages.
  listen(navigator.mediaDevices, "devicechange", () => signals.devicesChanged());
  onScopeDispose(() => stops.forEach((stop) => stop()));
}
