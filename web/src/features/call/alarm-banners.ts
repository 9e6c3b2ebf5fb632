/** Which alarms about the recording stand above the picture, and how loudly: the gravest first. */

import type { FootageAlarm } from "@/rtc/messages";

export interface AlarmBanner {
  alarm: FootageAlarm;
  /** `grave`: new footage is being lost; `warn`: somebody should do something. */
  weight: "grave" | "warn";
}

const WEIGHTS: Record<FootageAlarm, AlarmBanner["weight"]> = {
  spool_full: "grave",
  not_recording: "grave",
  no_picture_written: "grave",
  no_sound_written: "grave",
  spool_damaged: "warn",
  spool_low: "warn",
  upload_delayed: "warn",
};
const ORDER = Object.keys(WEIGHTS) as FootageAlarm[];

export function alarmBanners(alarms: readonly FootageAlarm[]): AlarmBanner[] {
  return ORDER.filter((alarm) => alarms.includes(alarm)).map((alarm) => ({ alarm, weight: WEIGHTS[alarm] }));
}
