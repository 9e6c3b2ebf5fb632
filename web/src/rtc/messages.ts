/** The signalling protocol's messages as this folder uses them; the types come from the server's models. */

import type { ServerMessage as Generated } from "../api/generated/signalling";

export type {
  ClientMessage,
  FootageAlarm,
  FootageState,
  IceServer,
  InspectionKind,
  LinkLevel,
  MediaCondition,
  ParticipantQuality,
  ParticipantRole,
  ParticipantState,
  PicturePreference,
  PictureState,
  Presence,
  WatchedTrack,
} from "../api/generated/signalling";

export const PROTOCOL_VERSION = 1;

/** On the wire `type` is always there. */
type OnTheWire<M> = M extends { type?: infer T extends string } ? M & { type: T } : never;

export type ServerMessage = OnTheWire<Generated>;
export type Welcome = Extract<ServerMessage, { type: "welcome" }>;
export type Picture = Extract<ServerMessage, { type: "picture" }>;
export type Offer = Extract<ServerMessage, { type: "offer" }>;
