/** One camera of one participant, as messages name it. */
import { pictureId } from "@/rtc/pictures";

export interface PictureName {
  participantId: string;
  source: string;
}

export function idOf({ participantId, source }: PictureName): string {
  return pictureId(participantId, source);
}
