/**
 * The way of a person through the phone's page: invitation, who they are, consent, the phone's test, the door, the call,
 * the end.
 *
 * Owns the camera and the call of the moment; both are given back when the person leaves or the page goes.
 */
import { markRaw, readonly, shallowRef, type ShallowRef } from "vue";

import { toApiError, type ApiError, type Schema } from "@/api/client";
import type { JoinApi } from "@/api/join";
import type { VisitApi } from "@/api/visit";
import { Call, type CallEnvironment } from "@/rtc/call";
import type { CallPhase } from "@/rtc/call-view";
import { DeviceError, type DeviceKind, type DeviceProblem, type SendingProfile } from "@/rtc/devices";
import type { LocalMedia } from "@/rtc/local-media";
import type { Unsubscribe } from "@/rtc/observable";

import { TryOut, type Senses } from "./before/try-out";
import type { BrowserMark } from "./browser-mark";
import { showsSite } from "./roles";

export type Invitation = Schema<"InvitationOpened">;
export type OverReason = "left" | "ended" | "replaced";
export type DeclineKind = Schema<"DeclineKind">;

/** What somebody says of themselves; `code` null: proved by a photo afterwards. */
export interface Introduction {
  name: string;
  job: string;
  phone: string;
  code: string | null;
  actsAsAgent: boolean;
}

interface Stay {
  invitation: Invitation;
  call: Call;
  media: LocalMedia | null;
}

export type Screen =
  | { name: "opening" }
  | { name: "trouble"; code: string }
  /** This browser cannot show anything: another one has to open the link. */
  | { name: "elsewhere"; problem: DeviceProblem }
  | { name: "invitation"; invitation: Invitation }
  | { name: "decline"; invitation: Invitation; kind: DeclineKind; sending: boolean; problem: ApiError | null }
  | { name: "refused"; invitation: Invitation }
  | { name: "introduction"; invitation: Invitation; sending: boolean; problem: ApiError | null }
  | { name: "papers"; invitation: Invitation; photo: boolean; authorisation: boolean; clockOffsetMs: number }
  | { name: "readiness"; invitation: Invitation; media: LocalMedia; tryOut: TryOut }
  | { name: "asking" }
  | { name: "devices"; kind: DeviceKind; problem: DeviceProblem }
  | ({ name: "waiting" } & Stay)
  | { name: "call"; invitation: Invitation; call: Call; media: LocalMedia }
  /** In the call without a camera or microphone of one's own. */
  | { name: "watching"; invitation: Invitation; call: Call }
  | { name: "photos"; invitation: Invitation }
  | { name: "over"; why: OverReason };

export interface VisitOptions {
  token: string | null;
  api: JoinApi;
  guest: Pick<VisitApi, "refuse" | "askForAnotherOfficer" | "keepOfficer" | "reportReadiness">;
  environment: CallEnvironment;
  /** Why no camera can be asked for on this page at all, or null. */
  obstacle: DeviceProblem | null;
  /** Null for who sends nothing. */
  profileOf: (role: Invitation["role"]) => SendingProfile | null;
  createMedia: (profile: SendingProfile) => LocalMedia;
  /** The link asks for photos in place of video. */
  photosFirst: boolean;
  senses: Senses;
  /** Who left on purpose, in this window. */
  leftMark: BrowserMark;
  /** Who consented to the recording, in this browser. */
  agreedMark: BrowserMark;
  /** Whose phone was tried out, in this window. */
  triedMark: BrowserMark;
}

export interface Visit {
  screen: Readonly<ShallowRef<Screen>>;
  invitation: Readonly<ShallowRef<Invitation | null>>;
  /** Opens the invitation, and goes straight on for who has agreed before in this browser. */
  open: () => Promise<void>;
  /** On to who they are. */
  introduce: () => void;
  backToInvitation: () => void;
  askToDecline: (kind: DeclineKind) => void;
  decline: (reason: string) => Promise<void>;
  keepOfficer: () => Promise<void>;
  accept: (introduction: Introduction) => Promise<void>;
  /** On from the papers, which are sent or come later: the phone is tried out. */
  fromPapers: () => void;
  /** From the test to the door. */
  goOn: () => void;
  /** Asks for camera and microphone and enters the call. */
  enter: () => Promise<void>;
  /** Goes on with photos in place of video; the camera of a call is given back. */
  takePhotos: () => Promise<void>;
  /** The inspection has ended, as a page that is in no call learns by asking. */
  end: () => void;
  leave: () => void;
}

export function createVisit(options: VisitOptions): Visit {
  const { token, api, guest } = options;
  const screen = shallowRef<Screen>({ name: "opening" });
  const invitation = shallowRef<Invitation | null>(null);
  let clockOffsetMs = 0;
  let wantsPhotos = options.photosFirst;
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
    const opened = invitation.value;
    clockOffsetMs = Date.parse(opened.server_time) - options.environment.clock.wallNow();
    if (opened.state === "ended") screen.value = { name: "over", why: "ended" };
    else if (options.obstacle !== null && needsCamera(opened)) screen.value = { name: "elsewhere", problem: options.obstacle };
    else if (opened.declines.some((one) => one.kind === "refusal")) screen.value = { name: "refused", invitation: opened };
    else if (!hasAgreedHere(opened)) screen.value = { name: "invitation", invitation: opened };
    else if (wantsPhotos) await takePhotos();
    else if (options.leftMark.isSet(seatOf(opened))) screen.value = { name: "over", why: "left" };
    else if (opened.admitted || options.triedMark.isSet(seatOf(opened))) await enter();
    else tryOut();
  }

  function needsCamera(opened: Invitation): boolean {
    return !wantsPhotos && options.profileOf(opened.role) !== null;
  }

  /** A link travels: consent that somebody gave on another device is not that of the person who holds this one. */
  function hasAgreedHere(opened: Invitation): boolean {
    return opened.accepted && options.agreedMark.isSet(seatOf(opened));
  }

  async function decline(reason: string): Promise<void> {
    const before = screen.value;
    if (before.name !== "decline" || before.sending) return;
    screen.value = { ...before, sending: true, problem: null };
    try {
      await (before.kind === "refusal" ? guest.refuse(reason) : guest.askForAnotherOfficer(reason));
    } catch (error) {
      screen.value = { ...before, problem: toApiError(error) };
      return;
    }
    if (before.kind === "refusal") screen.value = { name: "refused", invitation: before.invitation };
    else await open();
  }

  async function keepOfficer(): Promise<void> {
    try {
      await guest.keepOfficer();
    } catch (error) {
      trouble(error);
      return;
    }
    await open();
  }

  async function accept({ name, job, phone, code, actsAsAgent }: Introduction): Promise<void> {
    const opened = invitation.value;
    if (opened === null || token === null) return;
    screen.value = { name: "introduction", invitation: opened, sending: true, problem: null };
    try {
      await api.accept({
        token,
        display_name: name,
        consent: true,
        consent_text_version: opened.consent_text_version,
        identity: { job, phone, code, acts_as_agent: actsAsAgent, device: options.environment.device },
      });
    } catch (error) {
      const problem = toApiError(error);
      if (LINK_OVER.has(problem.code)) trouble(error);
      else screen.value = { name: "introduction", invitation: opened, sending: false, problem };
      return;
    }
    options.agreedMark.set(seatOf(opened));
    // Whoever says who they are stands at the door, also where somebody else with this link was let in before.
    const seated = { ...opened, accepted: true, admitted: false, participant_name: name };
    invitation.value = seated;
    if (code === null || actsAsAgent) {
      screen.value = { name: "papers", invitation: seated, photo: code === null, authorisation: actsAsAgent, clockOffsetMs };
    } else fromPapers();
  }

  function fromPapers(): void {
    if (wantsPhotos) void takePhotos();
    else tryOut();
  }

  async function takePhotos(): Promise<void> {
    wantsPhotos = true;
    const opened = invitation.value;
    if (opened === null) {
      await open();
      return;
    }
    const { value: before } = screen;
    finish(hasAgreedHere(opened) ? { name: "photos", invitation: opened } : { name: "invitation", invitation: opened });
    if ("call" in before) before.call.leave();
  }

  function tryOut(): void {
    const opened = invitation.value;
    if (opened === null || token === null) return;
    options.leftMark.clear(seatOf(opened));
    const profile = options.profileOf(opened.role);
    if (profile === null) {
      begin(opened, null, token);
      return;
    }
    media?.close();
    media = markRaw(options.createMedia(profile));
    const test = markRaw(
      new TryOut({
        media,
        senses: options.senses,
        withLocation: showsSite(opened.role),
        report: (checks) => guest.reportReadiness(checks),
      }),
    );
    screen.value = { name: "readiness", invitation: opened, media, tryOut: test };
    void test.run();
  }

  function goOn(): void {
    const before = screen.value;
    if (before.name !== "readiness" || token === null) return;
    options.triedMark.set(seatOf(before.invitation));
    if (before.tryOut.hasMedia) begin(before.invitation, before.media, token);
    else {
      // Without a camera one can still wait: the inspector sees that, and knows what to do.
      before.media.close();
      media = null;
      begin(before.invitation, null, token);
    }
  }

  async function enter(): Promise<void> {
    const opened = invitation.value;
    if (opened === null || token === null) {
      await open();
      return;
    }
    wantsPhotos = false;
    options.leftMark.clear(seatOf(opened));
    const profile = options.profileOf(opened.role);
    if (profile === null) {
      begin(opened, null, token);
      return;
    }
    if (options.obstacle !== null) {
      screen.value = { name: "elsewhere", problem: options.obstacle };
      return;
    }
    screen.value = { name: "asking" };
    media?.close();
    const opening = (media = markRaw(options.createMedia(profile)));
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

  function begin(opened: Invitation, opening: LocalMedia | null, seat: string): void {
    const call = markRaw(
      new Call({
        environment: options.environment,
        requestTicket: async () => (await api.ticket(seat)).ticket,
      }),
    );
    const stay: Stay = { invitation: opened, call, media: opening };
    stopFollowing?.();
    stopFollowing = call.view.subscribe((view) => follow(stay, view.phase, view.participantId !== null));
    call.setMedia(opening);
    call.start();
    screen.value = (opened.admitted ? inside(stay) : null) ?? { name: "waiting", ...stay };
  }

  function follow(stay: Stay, phase: CallPhase, isWelcome: boolean): void {
    if (phase.name === "failed") finish({ name: "trouble", code: phase.code });
    else if (phase.name === "left" || phase.name === "ended" || phase.name === "replaced") {
      if (phase.name === "left") options.leftMark.set(seatOf(stay.invitation));
      finish({ name: "over", why: phase.name });
    } else if (phase.name === "waiting") screen.value = { name: "waiting", ...stay };
    else if (screen.value.name === "waiting" && isWelcome) letIn(stay);
  }

  /** What is shown of the call; null for who waited without the camera that they need in it. */
  function inside({ invitation: opened, call, media: opening }: Stay): Screen | null {
    if (opening !== null) return { name: "call", invitation: opened, call, media: opening };
    return options.profileOf(opened.role) === null ? { name: "watching", invitation: opened, call } : null;
  }

  /** The door is open: coming back from now on leads into the call at once. */
  function letIn(stay: Stay): void {
    invitation.value = { ...stay.invitation, admitted: true };
    const there = inside(stay);
    if (there !== null) {
      screen.value = there;
      return;
    }
    stopFollowing?.();
    stopFollowing = null;
    stay.call.stop();
    void enter();
  }

  function finish(next: Screen): void {
    stopFollowing?.();
    stopFollowing = null;
    media?.close();
    media = null;
    screen.value = next;
  }

  const showing = (make: (opened: Invitation) => Screen) => (): void => {
    if (invitation.value !== null) screen.value = make(invitation.value);
  };

  return {
    screen: readonly(screen) as Readonly<ShallowRef<Screen>>,
    invitation: readonly(invitation) as Readonly<ShallowRef<Invitation | null>>,
    open,
    introduce: showing((opened) => ({ name: "introduction", invitation: opened, sending: false, problem: null })),
    backToInvitation: showing((opened) => ({ name: "invitation", invitation: opened })),
    askToDecline: (kind) =>
      showing((opened) => ({ name: "decline", invitation: opened, kind, sending: false, problem: null }))(),
    decline,
    keepOfficer,
    accept,
    fromPapers,
    goOn,
    enter,
    takePhotos,
    end() {
      const { value: before } = screen;
      finish({ name: "over", why: "ended" });
      if ("call" in before) before.call.stop();
    },
    leave() {
      if ("call" in screen.value) screen.value.call.leave();
    },
  };
}

/** Nothing that the person types mends these. */
const LINK_OVER: ReadonlySet<string> = new Set([
  "invitation_invalid",
  "invitation_expired",
  "invitation_revoked",
  "participant_removed",
  "inspection_ended",
]);

function seatOf(invitation: Invitation): string {
  return `${invitation.inspection_id}/${invitation.role}`;
}
