/** How the phone's battery fares, where its browser tells (Battery Status API), and when to warn. */
import { onScopeDispose, shallowRef, type ShallowRef } from "vue";

export interface Battery {
  percent: number;
  charging: boolean;
}

const LOW_PERCENT = 15;
/** Who closed the warning hears it once more. */
const LAST_PERCENT = 5;

interface BatteryManager extends EventTarget {
  level: number;
  charging: boolean;
}

/** Null where the browser does not tell. */
export function useBattery(): Readonly<ShallowRef<Battery | null>> {
  const battery = shallowRef<Battery | null>(null);
  const { getBattery } = navigator as { getBattery?: () => Promise<BatteryManager> };
  let stop = (): void => undefined;
  let over = false;
  const follow = (told: BatteryManager): void => {
    if (over) return;
    const look = (): void => {
      battery.value = { percent: Math.round(told.level * 100), charging: told.charging };
    };
    const events = ["levelchange", "chargingchange"];
    for (const event of events) told.addEventListener(event, look);
    stop = () => events.forEach((event) => told.removeEventListener(event, look));
    look();
  };
  // A page that is not allowed to know it knows nothing.
  getBattery?.call(navigator).then(follow, () => undefined);
  onScopeDispose(() => {
    over = true;
    stop();
  });
  return battery;
}

/** How much is left, if that is too little. Args: closedAt — what was left when the person closed the warning, or null. */
export function lowBattery(battery: Battery | null, closedAt: number | null): number | null {
  if (battery === null || battery.charging || battery.percent > LOW_PERCENT) return null;
  const isOld = closedAt !== null && (battery.percent > LAST_PERCENT || closedAt <= LAST_PERCENT);
  return isOld ? null : battery.percent;
}
