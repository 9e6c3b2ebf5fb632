"""Who may do what: one table, asked by every service.

A person *stands* in some relation to a thing: by role within the part of the organisation tree that they can see, as
the inspector who leads the inspection, or as the holder of a seat in it. An action is allowed when one of the standings
is listed for it. Somebody without any standing is told that the thing does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from inspect_server.domain.admitting import must_wait
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
    ADMIT = "inspection.admit"
    SILENCE = "participant.silence"
    SPEAK_AGAIN = "participant.speak_again"
    REMOVE = "participant.remove"
    APPOINT = "inspection.appoint"
    TAKE_OVER = "inspection.take_over"
    REVOKE_INVITATION = "inspection.revoke_invitation"
    END_INSPECTION = "inspection.end"
    SEE_FOOTAGE = "footage.see"
    REGISTER_SITE = "site.register"
    REPORT_POSITION = "position.report"
    CHALLENGE = "inspection.challenge"
    READ_CODES = "inspection.read_codes"
    SEE_EVIDENCE = "evidence.see"
    ADD_EVIDENCE = "evidence.add"
    FILE_EVIDENCE = "evidence.file"
    ASK_FOR_PHOTO = "evidence.ask"
    SEE_ROUTE = "checklist.see_route"
    GUIDE = "checklist.guide"
    DECIDE = "checklist.decide"
    CONCLUDE = "part.conclude"
    GIVE_OPINION = "opinion.give"
    SEE_OPINIONS = "opinion.see"
    OPERATE_CAMERA = "camera.operate"
    DRAW = "picture.draw"
    FREEZE_PICTURE = "picture.freeze"
    SEE_CHAT = "chat.see"
    CHAT = "chat.say"
    SEE_OUTCOME = "outcome.see"
    ANSWER_RECORD = "record.answer"
    RATE = "inspection.rate"
    ADD_USER = "user.add"


class Standing(StrEnum):
    """How somebody is related to a thing. The first three are roles over the own organisation and below."""

    ADMINISTRATOR = "administrator"
    INSPECTOR = "inspector"
    REVIEWER = "reviewer"
    LEADING_INSPECTOR = "leading_inspector"
    SEATED = "seated"
    AT_THE_DOOR = "at_the_door"
    SEATED_FOR_ENTERPRISE = "seated_for_enterprise"
    SEATED_INSPECTOR = "seated_inspector"
    SEATED_HELPER = "seated_helper"
    SEATED_EXPERT = "seated_expert"
    SEATED_OBSERVER = "seated_observer"
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
                Standing.AT_THE_DOOR,
                Standing.SEATED_INSPECTOR,
                Standing.SEATED_OBSERVER,
                Standing.SEATED_DEVICE,
                Standing.SEATED_SCREEN,
            }
        ),
        # A camera that anybody finds on a site must not show them the call; a wall in a hall must not be heard in it,
        # nor an observer.
        Action.PUBLISH_FOOTAGE: frozenset({Standing.SEATED, Standing.SEATED_INSPECTOR, Standing.SEATED_DEVICE}),
        Action.WATCH_CALL: frozenset(
            {Standing.SEATED, Standing.SEATED_INSPECTOR, Standing.SEATED_OBSERVER, Standing.SEATED_SCREEN}
        ),
        Action.STEER_PICTURE: frozenset({Standing.SEATED_INSPECTOR}),
        Action.INVITE: frozenset({Standing.INSPECTOR}),
        Action.ADMIT: frozenset({Standing.INSPECTOR}),
        Action.SILENCE: frozenset({Standing.INSPECTOR}),
        # Silencing ends a noise, not the right to be heard: against who disturbs on purpose there is removing.
        Action.SPEAK_AGAIN: frozenset({Standing.SEATED}),
        Action.REMOVE: frozenset({Standing.INSPECTOR}),
        Action.APPOINT: frozenset({Standing.INSPECTOR}),
        Action.TAKE_OVER: frozenset({Standing.INSPECTOR}),
        Action.REVOKE_INVITATION: frozenset({Standing.INSPECTOR}),
        # The administrator can end what a colleague left open.
        Action.END_INSPECTION: frozenset({Standing.LEADING_INSPECTOR, Standing.ADMINISTRATOR}),
        # Footage shows people at work: only those who judge or review it see it.
        Action.SEE_FOOTAGE: frozenset({Standing.INSPECTOR, Standing.REVIEWER}),
        Action.REGISTER_SITE: frozenset({Standing.ADMINISTRATOR, Standing.INSPECTOR}),
        Action.REPORT_POSITION: frozenset({Standing.SEATED}),
        Action.READ_CODES: frozenset({Standing.SEATED_INSPECTOR}),
        Action.CHALLENGE: frozenset({Standing.INSPECTOR}),
        # What somebody gave of themselves is kept from the others in the call (``EvidenceKind.is_private``).
        Action.SEE_EVIDENCE: frozenset({Standing.INSPECTOR, Standing.REVIEWER, Standing.SEATED, Standing.AT_THE_DOOR}),
        # Who waits at the door shows who they are by a photo, and sees nothing of the call.
        Action.ADD_EVIDENCE: frozenset({Standing.INSPECTOR, Standing.SEATED, Standing.AT_THE_DOOR}),
        Action.FILE_EVIDENCE: frozenset({Standing.INSPECTOR}),
        Action.ASK_FOR_PHOTO: frozenset({Standing.SEATED_INSPECTOR}),
        # What is to be shown, without what was decided on it.
        Action.SEE_ROUTE: frozenset({Standing.SEATED, Standing.SEATED_OBSERVER, Standing.AT_THE_DOOR}),
        Action.GUIDE: frozenset({Standing.SEATED_INSPECTOR}),
        # Asked of the part, not of the inspection: in a joint one, each department has its own list.
        Action.DECIDE: frozenset({Standing.INSPECTOR}),
        Action.CONCLUDE: frozenset({Standing.INSPECTOR}),
        Action.GIVE_OPINION: frozenset({Standing.SEATED_EXPERT}),
        # Experts see their own only: each of them judges by themselves.
        Action.SEE_OPINIONS: frozenset({Standing.INSPECTOR, Standing.REVIEWER, Standing.SEATED_EXPERT}),
        # A helper stands in for who holds the phone; an expert asks the inspector.
        Action.OPERATE_CAMERA: frozenset({Standing.SEATED_INSPECTOR, Standing.SEATED_HELPER}),
        Action.DRAW: frozenset({Standing.SEATED_INSPECTOR, Standing.SEATED_HELPER, Standing.SEATED_EXPERT}),
        Action.FREEZE_PICTURE: frozenset({Standing.SEATED_INSPECTOR}),
        Action.SEE_CHAT: frozenset({Standing.INSPECTOR, Standing.REVIEWER, Standing.SEATED, Standing.SEATED_OBSERVER}),
        Action.CHAT: frozenset({Standing.INSPECTOR, Standing.SEATED}),
        # The result is the enterprise's: experts and machines in the call have no part in it.
        Action.SEE_OUTCOME: _OFFICE | {Standing.SEATED_FOR_ENTERPRISE},
        # Of the office, asked of the part.
        Action.ANSWER_RECORD: frozenset({Standing.INSPECTOR, Standing.SEATED_FOR_ENTERPRISE}),
        Action.RATE: frozenset({Standing.SEATED_FOR_ENTERPRISE}),
        Action.ADD_USER: frozenset({Standing.ADMINISTRATOR}),
    }
)

_ROLE_STANDINGS = {
    Role.ADMINISTRATOR: Standing.ADMINISTRATOR,
    Role.INSPECTOR: Standing.INSPECTOR,
    Role.REVIEWER: Standing.REVIEWER,
}

_SEAT_STANDINGS = {
    ParticipantRole.INSPECTOR: frozenset({Standing.SEATED_INSPECTOR}),
    ParticipantRole.ENTERPRISE: frozenset({Standing.SEATED, Standing.SEATED_FOR_ENTERPRISE}),
    ParticipantRole.HELPER: frozenset({Standing.SEATED, Standing.SEATED_FOR_ENTERPRISE, Standing.SEATED_HELPER}),
    ParticipantRole.EXPERT: frozenset({Standing.SEATED, Standing.SEATED_EXPERT}),
    ParticipantRole.OBSERVER: frozenset({Standing.SEATED_OBSERVER}),
    ParticipantRole.DEVICE: frozenset({Standing.SEATED_DEVICE}),
    ParticipantRole.SCREEN: frozenset({Standing.SEATED_SCREEN}),
}


OUTLASTING = frozenset({Action.SEE_OUTCOME, Action.ANSWER_RECORD, Action.RATE})
"""What a guest's link is good for once the inspection has ended: then it is the enterprise's page of the case."""

ARRIVING_LATE = frozenset({Action.ADD_EVIDENCE})
"""What a guest's link is good for after the end, too, as far as ``conducting.require_in_time`` lets it."""


def standings_of_user(user: User, organisation_path: str, inspection: Inspection | None = None) -> frozenset[Standing]:
    """How ``user`` stands to a thing of the organisation at ``organisation_path``, or to ``inspection``.

    A joint inspection is also a thing of every organisation that has a part in it. An inactive user and one from
    elsewhere in the tree have no standing at all, whoever leads the inspection.
    """
    paths = {organisation_path} | {part.organisation_path for part in (inspection.parts if inspection else ())}
    if not user.active or not any(path.startswith(user.organisation_path) for path in paths):
        return frozenset()
    standings = {_ROLE_STANDINGS[role] for role in user.roles}
    if inspection is not None and inspection.inspector_id == user.id and Role.INSPECTOR in user.roles:
        standings.add(Standing.LEADING_INSPECTOR)
    return frozenset(standings)


def standings_of_participant(participant: Participant, inspection: Inspection) -> frozenset[Standing]:
    """How a participant stands to an inspection: seated in the own one, or before its door; nothing in any other.

    Who was put out has no standing left.
    """
    if participant.inspection_id != inspection.id or participant.removed_at is not None:
        return frozenset()
    if must_wait(participant):
        return frozenset({Standing.AT_THE_DOOR})
    return standings_in_room(participant)


def standings_in_room(participant: Participant) -> frozenset[Standing]:
    """How somebody stands to the inspection in whose room they sit.

    An inspector who came by a link has no account: they act in the room like one, and over HTTP like a guest.
    """
    standings = _SEAT_STANDINGS[participant.role]
    by_link = participant.role is ParticipantRole.INSPECTOR and participant.invitation_id is not None
    return standings | {Standing.SEATED} if by_link else standings


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
