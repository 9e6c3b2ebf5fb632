/**
 * What the parts of the call's page work with, each a desk of its own: made once, given to everything below, and kept up
 * to date by the call.
 */
import { provide } from "vue";

import type { Schema } from "@/api/client";
import { createOfficeChatApi } from "@/api/chat";
import { useApiClient } from "@/api/use-api-client";
import { createDoor, DOOR } from "@/features/arrivals/door";
import { CHAT } from "@/features/chat/chat-key";
import { createChat } from "@/features/chat/use-chat";
import { createBoards, type Boards } from "@/features/drawing/boards";
import { createDrawingDesk, DRAWING_DESK } from "@/features/drawing/tools/drawing-desk";
import { createFreezing, FREEZING } from "@/features/drawing/tools/freezing";
import { smallJpeg } from "@/features/drawing/tools/small-jpeg";
import { createEvidenceDesk, EVIDENCE_DESK, type EvidenceDesk } from "@/features/evidence/evidence-desk";
import { createPhotoRequests, PHOTO_REQUESTS, type PhotoRequests } from "@/features/evidence/photo-requests";
import { createHandDesk, HAND_DESK } from "@/features/hand/hand-desk";
import { createOfficeOutcomeApi } from "@/features/outcome/outcome-api";
import { createOutcomeDesk, OUTCOME_DESK } from "@/features/outcome/outcome-desk";
import { createPeopleDesk, PEOPLE_DESK, type PeopleDesk } from "@/features/people/people-desk";
import { browserChance } from "@/features/site/chance";
import { createDoorplateAsking, type DoorplateAsking } from "@/features/site/doorplate-asking";
import { createSiteDesk, SITE_DESK, type SiteDesk } from "@/features/site/site-desk";
import { browserClock } from "@/rtc/clock";
import { followTopic } from "@/rtc/topics";
import { useSignInState } from "@/shell/sign-in-state";

import type { CallRoom } from "./use-call-room";

export interface CallDesks {
  evidence: EvidenceDesk;
  photos: PhotoRequests;
  site: SiteDesk;
  people: PeopleDesk;
  boards: Boards;
  doorplate: DoorplateAsking;
}

export function useCallDesks(inspection: Schema<"InspectionDetail">, room: CallRoom): CallDesks {
  const client = useApiClient();
  const { view, send, onCall } = room;
  const inspectionId = inspection.id;

  const { me: user } = useSignInState();
  const evidence = createEvidenceDesk({
    client,
    inspectionId,
    userId: user.value?.user_id ?? "",
    clockOffsetMs: () => view.value.clockOffsetMs,
    deviceOf: (id) => view.value.participants.find((one) => one.participant_id === id)?.device ?? "",
  });
  provide(EVIDENCE_DESK, evidence);
  onCall((call) => followTopic(call.messages, "evidence", () => void evidence.reload()));

  const photos = createPhotoRequests(send);
  provide(PHOTO_REQUESTS, photos);
  onCall(photos.follow);
  const doorplate = createDoorplateAsking(photos);

  const outcome = createOutcomeDesk(createOfficeOutcomeApi(client, inspectionId));
  provide(OUTCOME_DESK, outcome);
  for (const topic of ["conclusions", "records"] as const) onCall((call) => followTopic(call.messages, topic, () => void outcome.reload()));

  const door = createDoor(client, inspectionId);
  provide(DOOR, door);
  onCall((call) => followTopic(call.messages, "arrivals", () => void door.reload()));

  const site = createSiteDesk({ client, inspectionId, send, clock: browserClock, chance: browserChance });
  provide(SITE_DESK, site);
  onCall(site.follow);

  const people = createPeopleDesk(client, inspectionId);
  provide(PEOPLE_DESK, people);

  const boards = createBoards(browserClock);
  const me = (): string | null => view.value.participantId;
  const drawing = createDrawingDesk({ boards, send, clock: browserClock, me });
  provide(DRAWING_DESK, drawing);
  const freezing = createFreezing({ boards, send, clock: browserClock, me, copyOf: smallJpeg });
  provide(FREEZING, freezing);
  // The boards hear first: the others look at them.
  for (const { follow } of [boards, drawing, freezing]) onCall(follow);

  const hand = createHandDesk(browserClock, send);
  provide(HAND_DESK, hand);
  onCall(hand.follow);

  const chat = createChat({ api: createOfficeChatApi(client, inspectionId), seat: inspectionId, me });
  provide(CHAT, chat);
  onCall(chat.follow);

  return { evidence, photos, site, people, boards, doorplate };
}
