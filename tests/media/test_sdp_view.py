"""What a wall is answered: everything that it takes, sent from the start."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.domain.errors import BadSdp, NoCommonCodec
from inspect_server.media import sdp, sdp_view
from inspect_server.media.access_unit import Codec, MediaKind
from tests.media.test_sdp import H264, H264_HIGH, H264_MODE_0, LOCAL, VP8, VP9, offer


def answered(text: str) -> sdp.Description:
    parsed = sdp.parse(text)
    return sdp.parse(sdp_view.answer_view(parsed, sdp_view.choose_view(parsed), LOCAL))


def test_a_wall_gets_every_codec_that_it_takes_so_that_any_source_can_be_shown_later() -> None:
    parsed = sdp.parse(offer(VP8, VP9, H264_MODE_0, H264, H264_HIGH, direction="recvonly"))
    audio, video = sorted(sdp_view.choose_view(parsed), key=lambda media: media.kind)
    assert (audio.kind, audio.payload_types) == (MediaKind.AUDIO, {Codec.OPUS: 111})
    assert (video.kind, video.payload_types) == (MediaKind.VIDEO, {Codec.H264: 104, Codec.VP9: 98})
    answer = sdp.parse(sdp_view.answer_view(parsed, [audio, video], LOCAL))
    assert [(s.kind, s.mid, s.direction, s.ssrcs) for s in answer.sections] == [
        ("audio", "0", "sendonly", [audio.ssrc]),
        ("video", "1", "sendonly", [video.ssrc]),
    ]
    assert answer.bundled == ("0", "1")


def test_a_wall_without_our_codecs_is_told_which_it_offered() -> None:
    with pytest.raises(NoCommonCodec) as refused:
        answered(offer(VP8, direction="recvonly", audio="PCMU/8000"))
    assert refused.value.params["offered"] == "PCMU, VP8"


def test_a_wall_that_cannot_show_the_picture_still_gets_the_sound() -> None:
    audio, video = answered(offer(VP8, direction="recvonly")).sections
    assert (audio.direction, audio.port) == ("sendonly", 9)
    assert (video.direction, video.port) == ("inactive", 0)


def test_who_wants_to_send_is_no_wall() -> None:
    with pytest.raises(BadSdp):
        answered(offer(H264, direction="sendonly"))


LINES = st.sampled_from(offer(VP8, VP9, H264, direction="recvonly").split("\r\n"))


@given(st.lists(st.one_of(LINES, st.text(max_size=40)), max_size=60))
def test_any_mixture_of_lines_is_read_or_refused(lines: list[str]) -> None:
    try:
        assert answered("\r\n".join(lines)).sections
    except (BadSdp, NoCommonCodec):
        return
