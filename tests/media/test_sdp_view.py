"""What a wall is answered: everything that it takes, sent from the start."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.domain.errors import BadSdp, NoCommonCodec
from inspect_server.media import sdp
from inspect_server.media.access_unit import Codec, MediaKind
from inspect_server.media.sdp.view_answer import answer_view, choose_view
from inspect_server.media.sdp.watch_offer import Agreement
from tests.media.test_sdp import H264, H264_HIGH, H264_MODE_0, LOCAL, VP8, VP9, offer


def answered(text: str) -> sdp.Description:
    parsed = sdp.parse(text)
    return sdp.parse(answer_view(parsed, choose_view(parsed), LOCAL))


def test_a_wall_gets_every_codec_that_it_takes_so_that_any_source_can_be_shown_later() -> None:
    parsed = sdp.parse(offer(VP8, VP9, H264_MODE_0, H264, H264_HIGH, direction="recvonly"))
    audio, video = sorted(choose_view(parsed), key=lambda media: media.kind)
    assert (audio.kind, audio.payload_types) == (MediaKind.AUDIO, {Codec.OPUS: 111})
    assert (video.kind, video.payload_types) == (MediaKind.VIDEO, {Codec.H264: 104, Codec.VP9: 98})
    answer = sdp.parse(answer_view(parsed, [audio, video], LOCAL))
    assert [(s.kind, s.mid, s.direction, s.ssrcs) for s in answer.sections] == [
        ("audio", "0", "sendonly", [audio.ssrc]),
        ("video", "1", "sendonly", [video.ssrc]),
    ]
    assert answer.bundled == ("0", "1")


def test_a_wall_that_takes_them_gets_retransmissions_of_their_own_for_each_codec() -> None:
    rtx = ["a=rtpmap:106 rtx/90000", "a=fmtp:106 apt=104", "a=rtpmap:107 rtx/90000", "a=fmtp:107 apt=98"]
    parsed = sdp.parse(offer(VP9, H264, rtx, direction="recvonly"))
    audio, video = sorted(choose_view(parsed), key=lambda media: media.kind)
    assert (video.agreement(Codec.H264), video.agreement(Codec.VP9)) == (Agreement(106, 3), Agreement(107, 3))
    assert audio.agreement(Codec.OPUS) == Agreement()
    answer = answer_view(parsed, [audio, video], LOCAL)
    assert f"a=ssrc-group:FID {video.ssrc} {video.rtx_ssrc}" in answer.splitlines()
    assert sdp.parse(answer).sections[1].payloads[107].parameters == {"apt": "98"}


def test_a_wall_without_rtx_gets_lost_packets_as_they_were() -> None:
    (_, video) = sorted(choose_view(sdp.parse(offer(H264, direction="recvonly"))), key=lambda media: media.kind)
    assert (video.rtx_ssrc, video.agreement(Codec.H264)) == (None, Agreement(None, 3))


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
