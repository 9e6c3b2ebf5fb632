"""Where people in the call say that they are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from inspect_server.api.signalling.messages.base import ClientMessage, StateMessage
from inspect_server.domain.geometry import Nearness
from inspect_server.domain.whereabouts import NoPosition as WhyNoPosition


class Position(ClientMessage):
    """Every 10 s from who agreed to it; as the Geolocation API tells it (WGS-84). ``at``: by the server's clock."""

    type: Literal["position"]
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    accuracy_m: Annotated[float, Field(ge=0, le=20_000_000, allow_inf_nan=False)]
    at: AwareDatetime


class NoPosition(ClientMessage):
    """The page cannot say where it is."""

    type: Literal["no_position"]
    why: WhyNoPosition


class WhereaboutsState(BaseModel):
    """The newest of one participant: a position, or ``why`` there is none. Distance null: no site is registered."""

    participant_id: str
    at: AwareDatetime
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    distance_m: float | None = None
    nearness: Nearness | None = None
    why: WhyNoPosition | None = None


class Whereabouts(StateMessage):
    """Of everybody who said something, to the office's side only; sent whole at each change."""

    type: Literal["whereabouts"] = "whereabouts"
    participants: list[WhereaboutsState]
