"""Operating another one's camera in a call, and freezing a picture to look at it: who may, and what is noted of it.

What is asked and answered goes from page to page through the room; here it becomes moments of the inspection.
"""

from __future__ import annotations

from collections.abc import Mapping

from inspect_server.domain import conducting
from inspect_server.domain.camera_requests import CameraAnswer, CameraRequest, require_whole
from inspect_server.domain.errors import NotFound
from inspect_server.domain.moments import Detail
from inspect_server.domain.permissions import Action, permit, standings_in_room
from inspect_server.services import moments
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.auditing import record
from inspect_server.services.context import ServiceContext
from storage import inspections, participants
from storage.engine import Transaction


async def ask(context: ServiceContext, request: CameraRequest) -> bool:
    """Ask something of somebody's camera.

    Returns:
        Whether it is new; False for one that was asked before.

    Raises:
        NotFound: nobody of these ids is in the inspection.
        NotAllowed: see the permission table.
        InspectionEnded: it is over.
        BadRequest: see ``require_whole``.
    """
    require_whole(request.wish, request.zoom)
    details: dict[str, Detail] = {"wish": request.wish.value, "source": request.source, "zoom": request.zoom}
    return await _note(
        context,
        request.asked_by,
        Action.OPERATE_CAMERA,
        "camera.asked",
        moment_id=request.id,
        about=request.participant_id,
        details=details,
    )


async def answer(context: ServiceContext, request: CameraRequest, given: CameraAnswer) -> bool:
    """What became of a request, said by the page or the person that it was for.

    Returns:
        Whether it is new; False for one that was answered before.

    Raises:
        NotFound, NotAllowed, InspectionEnded: as for ``ask``.
    """
    details: dict[str, Detail] = {
        "wish": request.wish.value,
        "source": request.source,
        "outcome": given.outcome.value,
        "obstacle": given.obstacle.value if given.obstacle else None,
        "zoom": given.zoom,
    }
    return await _note(
        context,
        request.participant_id,
        Action.PUBLISH_FOOTAGE,
        "camera.answered",
        moment_id=f"{request.id}.answer",
        about=request.participant_id,
        details=details,
    )


async def freeze(context: ServiceContext, by_id: str, freeze_id: str, *, participant_id: str, source: str) -> bool:
    """Hold a picture still for everybody who looks at it; its footage goes on.

    Returns:
        Whether it is new; False for one that was frozen by this id before.

    Raises:
        NotFound, NotAllowed, InspectionEnded: as for ``ask``.
    """
    return await _note(
        context,
        by_id,
        Action.FREEZE_PICTURE,
        "picture.frozen",
        moment_id=freeze_id,
        about=participant_id,
        details={"source": source},
    )


async def unfreeze(context: ServiceContext, by_id: str, freeze_id: str, *, participant_id: str, source: str) -> bool:
    """Let a picture go on.

    Returns:
        Whether it is new; False if it was told before.

    Raises:
        NotFound, NotAllowed, InspectionEnded: as for ``ask``.
    """
    return await _note(
        context,
        by_id,
        Action.FREEZE_PICTURE,
        "picture.unfrozen",
        moment_id=f"{freeze_id}.end",
        about=participant_id,
        details={"source": source},
    )


async def _note(
    context: ServiceContext,
    by_id: str,
    action: Action,
    kind: str,
    *,
    moment_id: str,
    about: str,
    details: Mapping[str, Detail],
) -> bool:
    async with context.database.transaction() as tx:
        inspection_id, organisation_path = await _permitted(tx, by_id, about, action)
        is_new = await moments.note(
            context,
            tx,
            inspection_id,
            kind,
            actor=f"participant:{by_id}",
            participant_id=about,
            moment_id=moment_id,
            details=details,
        )
        if is_new:
            await record(
                context,
                tx,
                f"participant:{by_id}",
                kind,
                f"participant:{about}",
                organisation_path=organisation_path,
                details={"moment": moment_id},
            )
    if is_new:
        context.announce(InspectionChanged(inspection_id, Topic.MOMENTS))
    return is_new


async def _permitted(tx: Transaction, by_id: str, about_id: str, action: Action) -> tuple[str, str]:
    """The inspection of both and its organisation's path, if the one may do this with the other's picture."""
    by, about = await participants.participant(tx, by_id), await participants.participant(tx, about_id)
    if by is None or about is None or by.inspection_id != about.inspection_id:
        raise NotFound
    inspection = await inspections.inspection(tx, by.inspection_id)
    if inspection is None:
        raise NotFound
    permit(action, standings_in_room(by))
    conducting.require_open(inspection)
    return inspection.id, inspection.organisation_path
