"""The small part of SDP: what is chosen, what is refused, what our own descriptions say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.domain.errors import BadSdp, NoCommonCodec
from inspect_server.media import sdp
from inspect_server.media.access_unit import Codec, MediaKind
from inspect_server.media.sdp.publish_answer import answer_publish, choose_media
from inspect_server.media.sdp.watch_offer import Agreement, OfferedMedia, agreements, offer_watch

LOCAL = sdp.LocalTransport("ufrag", "p" * 22, "AA:BB", ["candidate:1 1 udp 2130706431 127.0.0.1 4000 typ host"])
SECURITY = ["a=ice-ufrag:abcd", "a=ice-pwd:" + "x" * 22, "a=fingerprint:sha-256 AA:BB", "a=setup:actpass"]
VP8 = ["a=rtpmap:96 VP8/90000"]
VP9 = ["a=rtpmap:98 VP9/90000", "a=fmtp:98 profile-id=0"]
VP9_HDR = ["a=rtpmap:98 VP9/90000", "a=fmtp:98 profile-id=2"]
H264_MODE_0 = ["a=rtpmap:102 H264/90000", "a=fmtp:102 packetization-mode=0;profile-level-id=42e01f"]
H264 = ["a=rtpmap:104 H264/90000", "a=fmtp:104 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"]
H264_HIGH = ["a=rtpmap:106 H264/90000", "a=fmtp:106 packetization-mode=1;profile-level-id=640c1f"]
H264_MAIN = ["a=rtpmap:107 H264/90000", "a=fmtp:107 packetization-mode=1;profile-level-id=4D401F"]
H264_PLAIN = ["a=rtpmap:108 H264/90000"]
H264_TEN_BITS = ["a=rtpmap:107 H264/90000", "a=fmtp:107 packetization-mode=1;profile-level-id=6e001f"]
H264_INTERLEAVED = ["a=rtpmap:108 H264/90000", "a=fmtp:108 packetization-mode=2;profile-level-id=42e01f"]


def offer(*codecs: list[str], direction: str = "sendonly", audio: str = "opus/48000/2") -> str:
    lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1"]
    lines += ["m=audio 9 UDP/TLS/RTP/SAVPF 111", *SECURITY, "a=mid:0", f"a={direction}", f"a=rtpmap:111 {audio}"]
    lines += ["m=video 9 UDP/TLS/RTP/SAVPF 96 98 102 104 106 107 108", *SECURITY, "a=mid:1", f"a={direction}"]
    lines += [
        "a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
        "a=extmap:4 urn:3gpp:video-orientation",
    ]
    lines += [line for codec in codecs for line in codec]
    return "\r\n".join(lines) + "\r\n"


def chosen_video(text: str) -> tuple[Codec, int]:
    (video,) = [m for m in choose_media(sdp.parse(text)) if m.kind is MediaKind.VIDEO]
    return video.codec, video.payload_type


@pytest.mark.parametrize(
    ("codecs", "expected"),
    [
        ([VP8, VP9, H264_MODE_0, H264, H264_HIGH], (Codec.H264, 104)),
        ([VP8, VP9, H264_MODE_0, H264_HIGH], (Codec.VP9, 98)),
        ([VP9], (Codec.VP9, 98)),
        ([VP8, H264_HIGH, H264_MAIN], (Codec.H264, 107)),
        ([VP8, H264_HIGH, H264_MODE_0], (Codec.H264, 102)),
        ([H264_HIGH], (Codec.H264, 106)),
        ([H264_PLAIN], (Codec.H264, 108)),
    ],
)
def test_h264_baseline_in_mode_1_comes_before_vp9_whatever_the_browsers_order(
    codecs: list[list[str]], expected: tuple[Codec, int]
) -> None:
    assert chosen_video(offer(*codecs)) == expected


@pytest.mark.parametrize("codecs", [[VP8], [VP9_HDR], [H264_TEN_BITS], [H264_INTERLEAVED], []])
def test_without_a_codec_that_fits_the_archive_the_error_says_what_was_offered(codecs: list[list[str]]) -> None:
    with pytest.raises(NoCommonCodec) as caught:
        choose_media(sdp.parse(offer(*codecs)))
    assert caught.value.params["kind"] == "video"


def test_without_opus_there_is_no_common_codec() -> None:
    with pytest.raises(NoCommonCodec) as caught:
        choose_media(sdp.parse(offer(H264, audio="PCMU/8000")))
    assert caught.value.params == {"kind": "audio", "offered": "PCMU"}


def test_an_offer_that_sends_nothing_is_refused() -> None:
    with pytest.raises(BadSdp):
        choose_media(sdp.parse(offer(H264, direction="recvonly")))


def test_the_answer_takes_one_codec_starts_fast_and_leaves_rotation_to_the_sender() -> None:
    parsed = sdp.parse(offer(VP8, VP9, H264))
    answer = answer_publish(parsed, choose_media(parsed), LOCAL, start_bitrate_kbps=2500)
    assert "m=video 9 UDP/TLS/RTP/SAVPF 104\r\n" in answer
    assert "x-google-start-bitrate=2500" in answer
    assert "a=rtcp-fb:111 nack\r\n" in answer
    assert "a=recvonly" in answer
    assert "abs-send-time" in answer
    assert "video-orientation" not in answer
    assert "transport-cc" not in answer
    again = sdp.parse(answer)
    assert [section.mid for section in again.sections] == ["0", "1"]
    assert again.setup == "passive"


def test_retransmissions_come_as_their_own_payload_type_so_that_padding_leaves_no_holes() -> None:
    rtx = ["a=rtpmap:106 rtx/90000", "a=fmtp:106 apt=104", "a=rtpmap:96 rtx/90000", "a=fmtp:96 apt=98"]
    parsed = sdp.parse(offer(VP9, H264, rtx))
    accepted = choose_media(parsed)
    (video,) = [m for m in accepted if m.kind is MediaKind.VIDEO]
    assert (video.payload_type, video.rtx_payload_type) == (104, 106)
    answer = answer_publish(parsed, accepted, LOCAL, start_bitrate_kbps=2500)
    assert "m=video 9 UDP/TLS/RTP/SAVPF 104 106\r\n" in answer
    assert "a=fmtp:106 apt=104\r\n" in answer


def test_a_camera_gets_its_own_profile_and_packetization_mode_back() -> None:
    for codec, expected in ((H264_HIGH, "mode=1;profile-level-id=640c1f"), (H264_PLAIN, "mode=0;profile-level-id=42")):
        parsed = sdp.parse(offer(codec))
        assert expected in answer_publish(parsed, choose_media(parsed), LOCAL, start_bitrate_kbps=2500)


def test_one_picture_alone_needs_neither_mid_nor_bundle() -> None:
    head = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=sendonly", *SECURITY]
    lines = [*head, "m=video 5000/1 UDP/TLS/RTP/SAVP 104", *H264, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel"]
    parsed = sdp.parse("\r\n".join(lines))
    answer = answer_publish(parsed, choose_media(parsed), LOCAL, start_bitrate_kbps=2500)
    assert "BUNDLE" not in answer
    assert "a=mid" not in answer
    assert "m=video 9 UDP/TLS/RTP/SAVPF 104\r\n" in answer
    assert "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n" in answer


@pytest.mark.parametrize("order", ["0 1", "1 0"])
def test_the_answer_bundles_in_the_offers_order_whichever_device_opened_first(order: str) -> None:
    offered = sdp.parse(offer(H264).replace("BUNDLE 0 1", f"BUNDLE {order}"))
    answer = answer_publish(offered, choose_media(offered), LOCAL, start_bitrate_kbps=2500)
    assert f"a=group:BUNDLE {order}\r\n" in answer


def test_picture_and_sound_on_a_transport_each_are_refused_in_words() -> None:
    with pytest.raises(BadSdp, match="bundle"):
        choose_media(sdp.parse(offer(H264).replace("a=group:BUNDLE 0 1\r\n", "")))


def test_what_its_own_side_refused_is_not_taken() -> None:
    refused = offer(H264).replace("m=video 9", "m=video 0")
    assert {m.kind for m in choose_media(sdp.parse(refused))} == {MediaKind.AUDIO}
    only_bundled = refused.replace("a=mid:1", "a=mid:1\r\na=bundle-only")
    assert {m.kind for m in choose_media(sdp.parse(only_bundled))} == {MediaKind.AUDIO, MediaKind.VIDEO}


@pytest.mark.parametrize(("setup", "ours"), [("actpass", "passive"), ("active", "passive"), ("passive", "active")])
def test_who_waits_for_dtls_is_called_and_everybody_else_calls(setup: str, ours: str) -> None:
    parsed = sdp.parse(offer(H264).replace("a=setup:actpass", f"a=setup:{setup}"))
    answer = answer_publish(parsed, choose_media(parsed), LOCAL, start_bitrate_kbps=2500)
    assert sdp.parse(answer).setup == ours


def test_our_offer_keeps_the_place_of_a_section_whose_source_left() -> None:
    media = [
        OfferedMedia(MediaKind.AUDIO, "0", Codec.OPUS, 111, 5, "p1", active=True),
        OfferedMedia(MediaKind.VIDEO, "1", Codec.VP9, 98, 6, "", active=False),
    ]
    parsed = sdp.parse(offer_watch(media, LOCAL, revision=3))
    assert [(s.mid, s.direction, s.ssrcs) for s in parsed.sections] == [("0", "sendonly", [5]), ("1", "inactive", [])]


VIDEO = OfferedMedia(MediaKind.VIDEO, "1", Codec.H264, 102, 6, "p1", active=True, rtx_payload_type=103, rtx_ssrc=7)


def test_a_viewer_is_offered_retransmissions_of_their_own_and_the_time_of_sending() -> None:
    offered = offer_watch([VIDEO], LOCAL, revision=1)
    for line in (
        "m=video 9 UDP/TLS/RTP/SAVPF 102 103",
        "a=rtpmap:103 rtx/90000",
        "a=fmtp:103 apt=102",
        "a=ssrc-group:FID 6 7",
        "a=ssrc:7 cname:p1",
        "a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    ):
        assert line in offered.splitlines()


@pytest.mark.parametrize(
    ("refused", "agreed"),
    [
        ([], Agreement(103, 3)),
        (["a=extmap"], Agreement(103, 0)),
        (["a=fmtp:103"], Agreement(None, 3)),
        (["a=extmap", "a=rtpmap:103"], Agreement(None, 0)),
    ],
)
def test_what_the_viewer_leaves_out_of_its_answer_is_not_sent_to_it(refused: list[str], agreed: Agreement) -> None:
    lines = offer_watch([VIDEO], LOCAL, revision=1).splitlines()
    answer = [line for line in lines if not line.startswith(tuple(refused))]
    assert agreements(sdp.parse("\r\n".join(answer))) == {"1": agreed}


@pytest.mark.parametrize("number", [0, 15, 256, 100_000])
def test_an_extension_that_has_no_place_in_a_packet_is_as_if_it_were_not_there(number: int) -> None:
    answer = offer_watch([VIDEO], LOCAL, revision=1).replace("extmap:3", f"extmap:{number}")
    assert agreements(sdp.parse(answer)) == {"1": Agreement(103, 0)}


def test_a_payload_type_that_has_no_place_in_a_packet_is_as_if_it_were_not_there() -> None:
    answer = offer_watch([VIDEO], LOCAL, revision=1).replace("103", "300")
    assert agreements(sdp.parse(answer)) == {"1": Agreement(None, 3)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "v=0\r\n",
        offer(H264).replace("a=ice-pwd", "a=ice-nothing"),
        offer(H264).replace("a=fingerprint", "a=nothing"),
        "v=0\r\nm=video\r\n",
        "v=0\r\nm=video nine UDP/TLS/RTP/SAVPF 1\r\n",
        offer(["a=rtpmap:x y"]),
        "v=0\r\n" + "a=x\r\n" * 3000,
        offer(H264) + "m=video 9 UDP/TLS/RTP/SAVPF 1\r\n" * 40,
    ],
)
def test_what_is_no_description_is_a_typed_error(text: str) -> None:
    with pytest.raises(BadSdp):
        sdp.parse(text)


LINES = st.sampled_from(offer(VP8, VP9, H264).split("\r\n"))


@given(st.lists(st.one_of(LINES, st.text(max_size=40)), max_size=60))
def test_any_mixture_of_lines_is_read_or_refused(lines: list[str]) -> None:
    try:
        parsed = sdp.parse("\r\n".join(lines))
        accepted = choose_media(parsed)
    except (BadSdp, NoCommonCodec):
        return
    answer = answer_publish(parsed, accepted, LOCAL, start_bitrate_kbps=2500)
    assert answer.startswith("v=0\r\n")
