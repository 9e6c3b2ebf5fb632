"""What a family of messages is: everything about one subject that is said in a room, and who answers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pydantic import BaseModel

from inspect_server.api.signalling.messages.base import ClientMessage
from inspect_server.api.signalling.room import Room
from inspect_server.api.signalling.seat import Seat, Window
from inspect_server.services.announcements import Announcement

Answer: TypeAlias = Callable[[Room, Seat, Window, Any], Awaitable[None]]
Hear: TypeAlias = Callable[[Room, Any], None]
Obey: TypeAlias = Callable[[Room, Any], Awaitable[None]]
Welcome: TypeAlias = Callable[[Room, Seat], None]


@dataclass(frozen=True, slots=True)
class Family:
    """Every part is optional.

    ``answers``: to what a page says; a domain error raised there becomes an ``error`` to that page and changes
    nothing. ``hears``: what the media worker says; must not block. ``obeys``: what a service announced after its
    transaction, and news of the worker that a service keeps; one at a time. ``welcome``: tells who just came, or came
    back, how things stand.
    """

    answers: Mapping[type[ClientMessage], Answer] = field(default_factory=dict)
    hears: Mapping[type[BaseModel], Hear] = field(default_factory=dict)
    obeys: Mapping[type[Announcement | BaseModel], Obey] = field(default_factory=dict)
    welcome: Welcome | None = None
