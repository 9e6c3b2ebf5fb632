"""Footage: the timeline of an inspection, playlists, and the segments that these name."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from aiohttp import web
from pydantic import Field

from inspect_server.api import hls, schemas, views
from inspect_server.api.byte_ranges import streamed_response
from inspect_server.api.callers import Staff
from inspect_server.api.operations import Operations
from inspect_server.domain.errors import FootageUnavailable, NotAllowed, NotFound
from inspect_server.services import replaying

operations = Operations()

Number = Annotated[int, Field(ge=0, le=2**31 - 1)]
SEGMENT_MEDIA_TYPE = "video/mp4"


@operations.get("/api/inspections/{inspection_id}/footage", NotAllowed, NotFound)
async def show_footage(staff: Staff, inspection_id: str) -> schemas.FootageIndex:
    """Everything the replay page needs to draw its timeline."""
    return views.footage_index(await replaying.show_footage(staff.services, staff.actor, inspection_id))


@operations.get("/api/footage/{track_id}/playlist.m3u8", NotAllowed, NotFound, media_type=hls.MEDIA_TYPE)
async def show_playlist(staff: Staff, track_id: str) -> web.Response:
    """The HLS playlist of a track; grows while the inspection runs."""
    recording = await replaying.recording(staff.services, staff.actor, track_id)
    text = hls.playlist(recording.segments, is_complete=recording.is_complete, now=recording.now)
    return web.Response(text=text, content_type=hls.MEDIA_TYPE)


@operations.get(
    "/api/footage/{track_id}/{epoch}/{sequence}.mp4",
    NotAllowed,
    NotFound,
    FootageUnavailable,
    media_type=SEGMENT_MEDIA_TYPE,
)
async def show_segment(staff: Staff, track_id: str, epoch: Number, sequence: Number) -> web.Response:
    """The bytes of one segment, or a redirect to a short-lived URL of the object store."""
    found = await replaying.show_segment(staff.services, staff.actor, track_id, epoch, sequence)
    if found.url is not None:
        return web.Response(status=302, headers={"Location": found.url, "Cache-Control": "no-store"})
    return await streamed_response(
        staff.request,
        partial(replaying.read_segment, staff.services, found.segment),
        found.segment.byte_length,
        media_type=SEGMENT_MEDIA_TYPE,
        etag=found.segment.sha256,
    )
