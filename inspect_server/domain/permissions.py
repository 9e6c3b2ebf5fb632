"""Who may do what: one table, asked by every service.

A person *stands* in some relation to a thing: by role within the part of the organisation tree that they can see, as
the inspector who leads the inspection, or as the holder of a seat in it. An action is allowed when one of the standings
is listed for it. Somebody without any standing is told that the thing does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from inspect_server.domain.errors import NotAllowed, NotFound
from inspect_server.domain.inspections import Inspection, Participant, ParticipantRole
from inspect_server.domain.people import Role, User


class Action(StrEnum):
    """Everything that somebody can want to do. The value is also the name in the audit trail."""

    SEE_CATALOGUE = "catalogue.see"
    SEE_CASE = "case.see"
    OPEN_CASE = "case.open"
    OPEN_INSPECTION = "inspection.open"
    SEE_INSPECTION = "inspection.see"
    JOIN_INSPECTION = "inspection.join"
    PUBLISH_FOOTAGE = "inspection.publish"
    WATCH_CALL = "inspection.watch"
    STEER_PICTURE = "inspection.steer_picture"
    INVITE = "inspection.invite"
    REVOKE_INVITATION = "inspection.revoke_invitation"
    END_INSPECTION = "inspection.end"
    SEE_FOOTAGE = "footage.see"
    ADD_USER = "user.add"


class Standing(StrEnum):
    """How somebody is related to a thing. The first three are roles over the own organisation and below."""

    ADMINISTRATOR = "administrator"
    INSPECTOR = "inspector"
    REVIEWER = "reviewer"
    LEADING_INSPECTOR = "leading_inspector"
    SEATED = "seated"
    SEATED_INSPECTOR = "seated_inspector"
    SEATED_DEVICE = "seated_device"
    SEATED_SCREEN = "seated_screen"


_OFFICE = frozenset({Standing.ADMINISTRATOR, Standing.INSPECTOR, Standing.REVIEWER})

PERMISSIONS: Mapping[Action, frozenset[Standing]] = MappingProxyType(
    {
        Action.SEE_CATALOGUE: _OFFICE,
        Action.SEE_CASE: _OFFICE,
        Action.OPEN_CASE: frozenset({Standing.ADMINISTRATOR, Standing.INSPECTOR}),
        Action.OPEN_INSPECTION: frozenset({Standing.INSPECTOR}),
        Action.SEE_INSPECTION: _OFFICE,
        # A second officer of the office may sit in: many permits ask for two.
        Action.JOIN_INSPECTION: frozenset(
            {
                Standing.INSPECTOR,
                Standing.SEATED,
                Standing.SEATED_INSPECTOR,
                Standing.SEATED_DEVICE,
                Standing.SEATED_SCREEN,
            }
        ),
        # A camera that anybody finds on a site must not show them the call; a wall in a hall must not be heard in it.
        Action.PUBLISH_FOOTAGE: frozenset({Standing.SEATED, Standing.SEATED_INSPECTOR, Standing.SEATED_DEVICE}),
        Action.WATCH_CALL: frozenset({Standing.SEATED, Standing.SEATED_INSPECTOR, Standing.SEATED_SCREEN}),
        Action.STEER_PICTURE: frozenset({Standing.SEATED_INSPECTOR}),
        Action.INVITE: frozenset({Standing.INSPECTOR}),
        Action.REVOKE_INVITATION: frozenset({Standing.INSPECTOR}),
        # The administrator can end what a colleague left open.
        Action.END_INSPECTION: frozenset({Standing.LEADING_INSPECTOR, Standing.ADMINISTRATOR}),
        # Footage shows people at work: only those who judge or review it see it.
        Action.SEE_FOOTAGE: frozenset({Standing.INSPECTOR, Standing.REVIEWER}),
        Action.ADD_USER: frozenset({Standing.ADMINISTRATOR}),
    }
)

_ROLE_STANDINGS = {
    Role.ADMINISTRATOR: Standing.ADMINISTRATOR,
    Role.INSPECTOR: Standing.INSPECTOR,
    Role.REVIEWER: Standing.REVIEWER,
}

_SEAT_STANDINGS = {
    ParticipantRole.INSPECTOR: Standing.SEATED_INSPECTOR,
    ParticipantRole.DEVICE: Standing.SEATED_DEVICE,
    ParticipantRole.SCREEN: Standing.SEATED_SCREEN,
}


def standings_of_user(user: User, organisation_path: str, inspection: Inspection | None = None) -> frozenset[Standing]:
    """How ``user`` stands to a thing of the organisation at ``organisation_path``, or to ``inspection``.

    An inactive user and one from elsewhere in the tree have no standing at all, whoever leads the inspection.
    """
    if not user.active or not organisation_path.startswith(user.organisation_path):
        return frozenset()
    standings = {_ROLE_STANDINGS[role] for role in user.roles}
    if inspection is not None and inspection.inspector_id == user.id and Role.INSPECTOR in user.roles:
        standings.add(Standing.LEADING_INSPECTOR)
    return frozenset(standings)


def standings_of_participant(participant: Participant, inspection: Inspection) -> frozenset[Standing]:
    """How a participant stands to an inspection: seated in the own one, nothing in any other."""
    if participant.inspection_id != inspection.id:
        return frozenset()
    return frozenset({_SEAT_STANDINGS.get(participant.role, Standing.SEATED)})


def permit(action: Action, standings: frozenset[Standing]) -> None:
    """Let ``action`` pass or refuse it.

    Raises:
        NotFound: no standing; whether the thing exists is not told.
        NotAllowed: the thing can be seen, but not this done with it.
    """
    if not standings:
        raise NotFound
    if not standings & PERMISSIONS[action]:
        raise NotAllowed(action=action.value)
