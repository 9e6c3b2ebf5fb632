/** The signalling protocol's messages as this folder uses them; the types come from the server's models. */

import type { ServerMessage as Generated } from "../api/generated/signalling";

export type {
  CameraAbilities,
  CameraOutcome,
  CameraWish,
  ClientMessage,
  DrawnOnPicture,
  DrawnPoint,
  DrawnShape,
  FootageAlarm,
  FootageState,
  Frozen,
  Hint,
  HintedPicture,
  IceServer,
  Ink,
  InspectionKind,
  LinkLevel,
  MediaCondition,
  Nearness,
  Obstacle,
  ParticipantQuality,
  ParticipantRole,
  ParticipantState,
  PhotoRequestState,
  PicturePreference,
  PictureState,
  Presence,
  SeenCode,
  ShapeKind,
  WatchedTrack,
  WhereaboutsState,
  ZoomRange,
} from "../api/generated/signalling";

export const PROTOCOL_VERSION = 1;

/** On the wire `type` is always there. */
type OnTheWire<M> = M extends { type?: infer T extends string } ? M & { type: T } : never;

export type ServerMessage = OnTheWire<Generated>;
export type Welcome = Extract<ServerMessage, { type: "welcome" }>;
export type Picture = Extract<ServerMessage, { type: "picture" }>;
export type Offer = Extract<ServerMessage, { type: "offer" }>;
