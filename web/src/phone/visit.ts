/**
 * The way of a person through the phone's page: invitation, consent, devices, call, end.
 *
 * Owns the camera and the call of the moment; both are given back when the person leaves or the page goes.
 */
import { markRaw, readonly, shallowRef, type ShallowRef } from "vue";

import { toApiError, type Schema } from "@/api/client";
import type { JoinApi } from "@/api/join";
import { Call, type CallEnvironment } from "@/rtc/call";
import { DeviceError, type DeviceKind, type DeviceProblem, type SendingProfile } from "@/rtc/devices";
import type { LocalMedia } from "@/rtc/local-media";
import type { Unsubscribe } from "@/rtc/observable";

import type { BrowserMark } from "./browser-mark";

export type Invitation = Schema<"InvitationOpened">;
export type OverReason = "left" | "ended" | "replaced";

export type Screen =
  | { name: "opening" }
  | { name: "trouble"; code: string }
  | { name: "invitation"; invitation: Invitation; sending: boolean }
  | { name: "asking" }
  | { name: "devices"; kind: DeviceKind; problem: DeviceProblem }
  | { name: "call"; invitation: Invitation; call: Call; media: LocalMedia }
  | { name: "over"; why: OverReason };

export interface VisitOptions {
  token: string | null;
  api: JoinApi;
  environment: CallEnvironment;
  /** Why no camera can be asked for on this page at all, or null. */
  obstacle: DeviceProblem | null;
  profileOf: (role: Invitation["role"]) => SendingProfile;
  createMedia: (profile: SendingProfile) => LocalMedia;
  /** Who left on purpose, in this window. */
  leftMark: BrowserMark;
  /** Who consented to the recording, in this browser. */
  agreedMark: BrowserMark;
}

export interface Visit {
  screen: Readonly<ShallowRef<Screen>>;
  invitation: Readonly<ShallowRef<Invitation | null>>;
  /** Opens the invitation, and goes straight on for who has agreed before in this browser. */
  open: () => Promise<void>;
  accept: (displayName: string) => Promise<void>;
  /** Asks for camera and microphone and enters the call. */
  enter: () => Promise<void>;
  leave: () => void;
}

export function createVisit(options: VisitOptions): Visit {
  const { token, api } = options;
  const screen = shallowRef<Screen>({ name: "opening" });
  const invitation = shallowRef<Invitation | null>(null);
  let media: LocalMedia | null = null;
  let stopFollowing: Unsubscribe | null = null;

  function trouble(error: unknown): void {
    screen.value = { name: "trouble", code: toApiError(error).code };
  }

  async function open(): Promise<void> {
    if (token === null) {
      screen.value = { name: "trouble", code: "invitation_invalid" };
      return;
    }
    screen.value = { name: "opening" };
    try {
      invitation.value = await api.open(token);
    } catch (error) {
      trouble(error);
      return;
    }
    if (invitation.value.state === "ended") screen.value = { name: "over", why: "ended" };
    else if (!hasAgreedHere(invitation.value)) screen.value = asked(invitation.value, false);
    else if (options.leftMark.isSet(seatOf(invitation.value))) screen.value = { name: "over", why: "left" };
    else await enter();
  }

  /** A link travels: consent that somebody gave on another device is not that of the person who holds this one. */
  function hasAgreedHere(opened: Invitation): boolean {
    return opened.accepted && options.agreedMark.isSet(seatOf(opened));
  }

  async function accept(displayName: string): Promise<void> {
    const opened = invitation.value;
    if (opened === null || token === null) return;
    screen.value = asked(opened, true);
    try {
      await api.accept({
        token,
        display_name: displayName,
        consent: true,
        consent_text_version: opened.consent_text_version,
      });
    } catch (error) {
      trouble(error);
      return;
    }
    options.agreedMark.set(seatOf(opened));
    invitation.value = { ...opened, accepted: true, participant_name: displayName };
    await enter();
  }

  async function enter(): Promise<void> {
    const opened = invitation.value;
    if (opened === null || token === null) {
      await open();
      return;
    }
    options.leftMark.clear(seatOf(opened));
    if (options.obstacle !== null) {
      screen.value = { name: "devices", kind: "camera", problem: options.obstacle };
      return;
    }
    screen.value = { name: "asking" };
    media?.close();
    const opening = (media = markRaw(options.createMedia(options.profileOf(opened.role))));
    try {
      await opening.open();
    } catch (error) {
      opening.close();
      if (!(error instanceof DeviceError)) throw error;
      screen.value = { name: "devices", kind: error.kind, problem: error.problem };
      return;
    }
    begin(opened, opening, token);
  }

  function begin(opened: Invitation, opening: LocalMedia, seat: string): void {
    const call = markRaw(
      new Call({
        environment: options.environment,
        requestTicket: async () => (await api.ticket(seat)).ticket,
      }),
    );
    stopFollowing?.();
    stopFollowing = call.view.subscribe((view) => {
      const { phase } = view;
      if (phase.name === "failed") finish({ name: "trouble", code: phase.code });
      else if (phase.name === "left" || phase.name === "ended" || phase.name === "replaced") {
        if (phase.name === "left") options.leftMark.set(seatOf(opened));
        finish({ name: "over", why: phase.name });
      }
    });
    call.setMedia(opening);
    call.start();
    screen.value = { name: "call", invitation: opened, call, media: opening };
  }

  function finish(next: Screen): void {
    stopFollowing?.();
    stopFollowing = null;
    media?.close();
    media = null;
    screen.value = next;
  }

  return {
    screen: readonly(screen) as Readonly<ShallowRef<Screen>>,
    invitation: readonly(invitation) as Readonly<ShallowRef<Invitation | null>>,
    open,
    accept,
    enter,
    leave() {
      if (screen.value.name === "call") screen.value.call.leave();
    },
  };
}

function seatOf(invitation: Invitation): string {
  return `${invitation.inspection_id}/${invitation.role}`;
}

function asked(invitation: Invitation, sending: boolean): Screen {
  return { name: "invitation", invitation, sending };
}
