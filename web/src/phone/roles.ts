/** What each role sends from a phone or any other device that joins by link. */
import type { Schema } from "@/api/client";
import { FACE_CAMERA, SITE_CAMERA, type SendingProfile } from "@/rtc/devices";

type Role = Schema<"InvitationOpened">["role"];

/** Whether this role shows the site; the others show a face and look at the site. */
export function showsSite(role: Role): boolean {
  return role === "enterprise" || role === "helper";
}

/** Null: an observer sends nothing. */
export function profileOf(role: Role): SendingProfile | null {
  if (role === "observer") return null;
  return showsSite(role) ? SITE_CAMERA : { ...FACE_CAMERA, facing: "user", backgroundTakesCamera: true };
}
