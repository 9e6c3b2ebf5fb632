"""Which footage is on its way, as the services ask before they call it missing."""

from inspect_server.api.signalling.rooms import Rooms
from inspect_server.media.messages import FootageProgress
from tests.api.site import NoWorker
from tests.services.office import Office
from tests.storage.records import NOW


def progress(track_id: str, pending_segments: int) -> FootageProgress:
    return FootageProgress(
        inspection_id="inspection",
        participant_id=f"participant of {track_id}",
        track_id=track_id,
        safe_until=NOW,
        pending_segments=pending_segments,
        spooled_bytes=1000 * pending_segments,
    )


async def test_footage_is_awaited_track_by_track_until_the_last_of_it_is_stored(office: Office) -> None:
    rooms = Rooms(office.context, NoWorker(), ice_servers=lambda _: [], server_started_at=NOW, max_participants=4)
    rooms.room("inspection")
    assert not rooms.uploads_pending("inspection")
    rooms.on_media_event(progress("phone", 2))
    rooms.on_media_event(progress("laptop", 0))
    assert rooms.uploads_pending("inspection")
    assert rooms.track_uploads_pending("inspection", "phone")
    assert not rooms.track_uploads_pending("inspection", "laptop")
    assert not rooms.track_uploads_pending("inspection", "unknown")
    assert not rooms.track_uploads_pending("unknown", "phone")
    rooms.on_media_event(progress("phone", 0))
    assert not rooms.track_uploads_pending("inspection", "phone")
    assert not rooms.uploads_pending("inspection")
