/** What each role sends from a phone or any other device that joins by link. */
import type { Schema } from "@/api/client";
import { FACE_CAMERA, SITE_CAMERA, type SendingProfile } from "@/rtc/devices";

type Role = Schema<"InvitationOpened">["role"];

/** Whether this role shows the site; the others show a face and look at the site. */
export function showsSite(role: Role): boolean {
  return role === "enterprise" || role === "helper";
}

/** What somebody is invited for; texts before the call speak to it. */
export type Task = "show" | "advise" | "watch";

export function taskOf(role: Role): Task {
  if (role === "observer") return "watch";
  return showsSite(role) ? "show" : "advise";
}

/** Null: an observer sends nothing. */
export function profileOf(role: Role): SendingProfile | null {
  if (role === "observer") return null;
  return showsSite(role) ? SITE_CAMERA : { ...FACE_CAMERA, facing: "user", backgroundTakesCamera: true };
}

/** Who points and draws on others' pictures; the server says the same (domain/permissions.py). */
export function draws(role: Role): boolean {
  return role === "inspector" || role === "helper" || role === "expert";
}

/** Who asks something of another one's camera: a helper stands in for who holds the phone. */
export function operates(role: Role): boolean {
  return role === "inspector" || role === "helper";
}
