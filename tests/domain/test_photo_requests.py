"""What is over stays over."""

import pytest

from inspect_server.domain.photo_requests import PhotoRequest, PhotoStage, PhotoWish
from tests.storage.records import NOW

ASKED = PhotoRequest(PhotoWish("wish-0123456789ab", "phone", None, None, "铭牌"), NOW)


def test_it_goes_from_the_wish_to_the_photo() -> None:
    sending = ASKED.advanced(PhotoStage.TAKING).advanced(PhotoStage.SENDING, 0.4)
    assert (sending.stage, sending.fraction, sending.wish.note) == (PhotoStage.SENDING, 0.4, "铭牌")
    sent = sending.advanced(PhotoStage.SENT, 1, "photo")
    assert (sent.stage, sent.evidence_id) == (PhotoStage.SENT, "photo")


def test_what_failed_may_still_come() -> None:
    assert ASKED.advanced(PhotoStage.FAILED).advanced(PhotoStage.SENDING, 0.1).stage is PhotoStage.SENDING


@pytest.mark.parametrize("over", [PhotoStage.SENT, PhotoStage.DECLINED, PhotoStage.CANCELLED])
@pytest.mark.parametrize("later", PhotoStage)
def test_what_is_over_stays_as_it_is(over: PhotoStage, later: PhotoStage) -> None:
    ended = ASKED.advanced(over, 1, "photo")
    assert ended.advanced(later, 0.2, "other") == ended
