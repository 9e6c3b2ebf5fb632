"""Where segments are cut, when a new init segment begins, and what becomes a gap."""

from dataclasses import replace
from pathlib import Path

import pytest

from inspect_server.domain.footage import GapReason, SegmentKind
from inspect_server.media.access_unit import AccessUnit
from tests.media.footage.stage import (
    AUDIO,
    START_US,
    VIDEO,
    Epoch,
    between,
    decode,
    delayed,
    h264,
    micros,
    opus,
    seconds,
    times,
    together,
)


def at(seconds_since_start: float) -> int:
    return START_US + round(seconds_since_start * 1_000_000)


def starts(epoch: Epoch) -> list[tuple[str, float]]:
    """Every segment in order: its kind and when it starts, in seconds."""
    return [(fact.kind.value, seconds(micros(fact.started_at))) for fact in epoch.facts]


def lossy(units: list[AccessUnit], start_s: float, end_s: float) -> list[AccessUnit]:
    """These units lost on the way; of video also what follows up to the next keyframe."""
    kept: list[AccessUnit] = []
    lost = False
    for unit in units:
        if start_s <= (unit.captured_at_us - START_US) / 1e6 < end_s:
            lost = True
        elif not lost:
            kept.append(unit)
        elif unit.keyframe:
            kept.append(replace(unit, follows_loss=True))
            lost = False
    return kept


# -- cuts ------------------------------------------------------------------------------------------------------------


def test_a_segment_ends_at_the_first_keyframe_after_four_seconds(tmp_path: Path) -> None:
    units = together(h264(12, keyframe_every=75), opus(12))

    epoch = Epoch(tmp_path / "epoch").feed(units).close()

    assert starts(epoch) == [("init", 0.0), ("media", 0.0), ("media", 5.0), ("media", 10.0)]
    assert all(fact.starts_with_keyframe for fact in epoch.media)


def test_without_a_keyframe_a_segment_ends_after_six_seconds_at_the_latest(tmp_path: Path) -> None:
    units = together(h264(14, keyframe_every=3000), opus(14))

    epoch = Epoch(tmp_path / "epoch").feed(units).close()

    assert starts(epoch) == [("init", 0.0), ("media", 0.0), ("media", 6.0), ("media", 12.0)]
    assert [fact.starts_with_keyframe for fact in epoch.media] == [True, False, False]
    assert all(fact.duration_ms <= 6000 for fact in epoch.media)


def test_a_keyframe_is_asked_for_when_the_cut_is_due_and_again_until_it_comes(tmp_path: Path) -> None:
    epoch = Epoch(tmp_path / "epoch").feed(together(h264(11, keyframe_every=3000), opus(11)))

    assert epoch.keyframes_wanted == [4.0, 5.0, 10.0]


def test_the_keyframe_that_was_asked_for_makes_the_cut(tmp_path: Path) -> None:
    asked_for = [replace(unit, keyframe=True) for unit in h264(8, keyframe_every=1)]
    video = [unit if n in (0, 123) else replace(unit, keyframe=False) for n, unit in enumerate(asked_for)]

    epoch = Epoch(tmp_path / "epoch").feed(together(video, opus(8))).close()

    assert epoch.keyframes_wanted == [4.0]
    assert [round(fact.duration_ms) for fact in epoch.media] == [4100, 3900]


def test_where_the_next_keyframe_would_come_too_late_the_one_before_makes_the_cut(tmp_path: Path) -> None:
    epoch = Epoch(tmp_path / "epoch").feed(together(h264(9, keyframe_every=90), opus(9))).close()

    assert [round(fact.duration_ms) for fact in epoch.media] == [3000, 3000, 3000]
    assert all(fact.starts_with_keyframe for fact in epoch.media)


def test_below_500_kbit_s_a_keyframe_is_only_asked_for_when_the_maximum_is_near(tmp_path: Path) -> None:
    slow = [replace(unit, data=unit.data[:500]) for unit in h264(10, keyframe_every=3000)]

    epoch = Epoch(tmp_path / "epoch").feed(together(slow, opus(10)))

    assert epoch.keyframes_wanted == [5.0]


def test_sound_is_divided_at_the_same_instant_as_the_picture(tmp_path: Path) -> None:
    epoch = Epoch(tmp_path / "epoch").feed(together(h264(9), opus(9))).close()

    frames = decode(epoch.kept[:2])

    assert max(times(frames, "audio")) < at(4.0) <= max(frame.end_us for frame in frames)


def test_sound_that_arrives_late_still_goes_into_its_own_segment(tmp_path: Path) -> None:
    video, audio = h264(9), opus(9)
    arrival = sorted((*video, *audio), key=lambda u: u.captured_at_us + (300_000 if u.kind is AUDIO else 0))

    epoch = Epoch(tmp_path / "epoch").feed(arrival).close()

    assert starts(epoch) == [("init", 0.0), ("media", 0.0), ("media", 4.0), ("media", 8.0)]
    assert max(times(decode(epoch.kept[:2]), "audio")) == at(3.98)


def test_a_picture_that_lags_behind_the_sound_holds_nothing_up_for_long(tmp_path: Path) -> None:
    video, audio = h264(9), opus(9)
    arrival = sorted((*video, *audio), key=lambda u: u.captured_at_us + (900_000 if u.kind is VIDEO else 0))

    epoch = Epoch(tmp_path / "epoch").feed(arrival).close()

    frames = decode(epoch.kept)
    assert len(times(frames, "video")) == len(video)
    assert len(times(frames, "audio")) == len(audio)


def test_fragments_are_written_every_second(tmp_path: Path) -> None:
    units = together(h264(6), opus(6))
    epoch = Epoch(tmp_path / "epoch")

    lags = []
    for unit in units:
        epoch.feed([unit])
        if epoch.safe_until_us:
            lags.append(unit.captured_at_us - epoch.safe_until_us)

    assert max(lags) <= 1_100_000


# -- init segments ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("late_s", [0.02, 0.4, 0.9])
def test_a_second_medium_within_a_second_shares_the_first_init(tmp_path: Path, late_s: float) -> None:
    epoch = Epoch(tmp_path / "epoch").feed(together(delayed(h264(6), late_s), opus(6))).close()

    assert [fact.codecs for fact in epoch.inits] == ["avc1.42C014,Opus"]
    assert micros(epoch.media[0].started_at) == START_US
    frames = decode(epoch.kept)
    assert len(times(frames, "video")) == 180
    assert len(times(frames, "audio")) == 300
    assert abs(times(frames, "video")[0] - at(late_s)) <= 5_000


def test_a_picture_that_comes_later_begins_a_new_init(tmp_path: Path) -> None:
    epoch = Epoch(tmp_path / "epoch").feed(together(delayed(h264(6), 3.0), opus(9))).close()

    assert [(fact.codecs, seconds(micros(fact.started_at))) for fact in epoch.inits] == [
        ("Opus", 0.0),
        ("avc1.42C014,Opus", 3.0),
    ]
    frames = decode(epoch.kept)
    assert len(times(frames, "audio")) == 450
    assert len(times(frames, "video")) == 180


def test_sound_that_comes_later_begins_a_new_init_at_the_next_keyframe(tmp_path: Path) -> None:
    video = h264(9, keyframe_every=60)
    epoch = Epoch(tmp_path / "epoch").feed(together(video, opus(5, start_us=at(3.5)))).close()

    assert [fact.codecs for fact in epoch.inits] == ["avc1.42C014", "avc1.42C014,Opus"]
    assert 3.5 in epoch.keyframes_wanted
    frames = decode(epoch.kept)
    assert len(times(frames, "video")) == 270
    assert len(times(frames, "audio")) == 250


def test_a_rotated_phone_begins_a_new_init_at_its_keyframe(tmp_path: Path) -> None:
    upright = delayed(h264(4, width=240, height=320), 2.5)
    units = together(between(h264(6), 0, 2.5), upright, opus(6.5))

    epoch = Epoch(tmp_path / "epoch").feed(units).close()

    assert starts(epoch)[:4] == [("init", 0.0), ("media", 0.0), ("init", 2.5), ("media", 2.5)]
    assert [(fact.width, fact.height) for fact in epoch.inits] == [(320, 240), (240, 320)]
    frames = decode(epoch.kept)
    assert {frame.width for frame in frames if frame.medium == "video" and frame.at_us >= at(2.5)} == {240}
    assert len(times(frames, "video")) == 75 + 120
    assert len(times(frames, "audio")) == 325
    assert epoch.gaps == []


def test_a_larger_picture_within_the_first_second_loses_nothing(tmp_path: Path) -> None:
    """A browser often starts small and grows with its second keyframe, while the sound is still awaited."""
    large = delayed(h264(4, width=640, height=480, keyframe_every=60), 0.2)
    units = together(between(h264(1), 0, 0.2), large, delayed(opus(3.5), 0.7))

    epoch = Epoch(tmp_path / "epoch").feed(units).close()

    frames = decode(epoch.kept)
    assert len(times(frames, "video")) == 6 + 120
    assert len(times(frames, "audio")) == 175


def test_a_sender_that_changes_its_format_with_every_frame_is_slowed_down(tmp_path: Path) -> None:
    small, large = h264(8, keyframe_every=1), h264(8, width=640, height=480, keyframe_every=1)
    mixed = [(small, large)[number % 2][number] for number in range(240)]

    epoch = Epoch(tmp_path / "epoch", frozenset({VIDEO})).feed(mixed).close()

    assert 8 <= len(epoch.inits) <= 17
    assert epoch.gaps


def test_sound_that_joins_a_picture_without_any_keyframe_is_kept_nevertheless(tmp_path: Path) -> None:
    units = together(h264(20, keyframe_every=3000), delayed(opus(19), 1))

    epoch = Epoch(tmp_path / "epoch").feed(units).close()

    assert [fact.codecs for fact in epoch.inits] == ["avc1.42C014", "avc1.42C014,Opus"]
    assert [round(fact.duration_ms) for fact in epoch.media[:3]] == [6000, 6000, 6000]
    assert len(times(decode(epoch.kept, all_of_them=True), "audio")) == 950
    assert len(times(decode(epoch.kept, all_of_them=True), "video")) >= 180


def test_sound_waits_for_the_next_keyframe_of_a_picture_that_has_few(tmp_path: Path) -> None:
    units = together(h264(20, keyframe_every=300), delayed(opus(19), 1))

    epoch = Epoch(tmp_path / "epoch").feed(units).close()

    assert [fact.codecs for fact in epoch.inits] == ["avc1.42C014", "avc1.42C014,Opus"]
    pictures = [fact for fact in epoch.media if fact.has_video]
    assert [(fact.has_audio, fact.starts_with_keyframe) for fact in pictures] == [
        (False, True), (False, False), (True, True), (True, False), (True, False)
    ]  # fmt: skip
    assert len(times(decode(epoch.kept, all_of_them=True), "audio")) == 950


def test_sound_that_joins_right_before_the_end_is_kept(tmp_path: Path) -> None:
    units = together(h264(3, keyframe_every=3000), delayed(opus(1.5), 1.5))

    epoch = Epoch(tmp_path / "epoch").feed(units).close()

    assert len(times(decode(epoch.kept), "audio")) == 75


# -- losses ----------------------------------------------------------------------------------------------------------


def test_a_loss_on_the_way_is_a_gap_until_the_next_keyframe(tmp_path: Path) -> None:
    video = lossy(h264(8, keyframe_every=30), 2.5, 2.6)

    epoch = Epoch(tmp_path / "epoch").feed(together(video, opus(8))).close()

    assert epoch.gaps_s() == [(VIDEO, "network", 2.5, 3.0)]
    assert [fact.codecs for fact in epoch.inits] == ["avc1.42C014,Opus"]
    assert len(times(decode(epoch.kept), "video")) == 240 - 15


def test_pictures_that_came_last_and_cannot_be_decoded_are_a_gap(tmp_path: Path) -> None:
    epoch = Epoch(tmp_path / "epoch").feed(together(h264(6), opus(6)))
    epoch.do(epoch.segmenter.left_out(VIDEO, at(6.7)))
    epoch.close()

    assert epoch.gaps_s() == [(VIDEO, "network", 6.0, 6.7)]


def test_single_lost_audio_packets_are_no_gap_but_a_longer_loss_is(tmp_path: Path) -> None:
    audio = lossy(lossy(opus(8), 2.0, 2.02), 5.0, 5.3)

    epoch = Epoch(tmp_path / "epoch").feed(together(h264(8), audio)).close()

    assert epoch.gaps_s() == [(AUDIO, "network", 5.0, 5.3)]


def test_a_picture_that_stays_out_leaves_the_sound_alone_and_a_gap(tmp_path: Path) -> None:
    video = [*between(h264(12), 0, 3), *delayed(h264(3), 9)]

    epoch = Epoch(tmp_path / "epoch").feed(together(video, opus(12))).close()

    assert [fact.codecs for fact in epoch.inits] == ["avc1.42C014,Opus", "Opus", "avc1.42C014,Opus"]
    assert epoch.gaps_s() == [(VIDEO, "network", 3.0, 9.0)]
    frames = decode(epoch.kept)
    assert len(times(frames, "audio")) == 600
    assert len(times(frames, "video")) == 180


def test_sound_that_stays_out_leaves_the_picture_alone_and_a_gap(tmp_path: Path) -> None:
    audio = [*opus(2), *delayed(opus(4), 10)]

    epoch = Epoch(tmp_path / "epoch").feed(together(h264(14, keyframe_every=60), audio)).close()

    assert [fact.codecs for fact in epoch.inits] == ["avc1.42C014,Opus", "avc1.42C014", "avc1.42C014,Opus"]
    assert epoch.gaps_s() == [(AUDIO, "network", 2.0, 10.0)]
    frames = decode(epoch.kept)
    assert len(times(frames, "audio")) == 300
    assert len(times(frames, "video")) == 420


def test_an_outage_leaves_one_declared_gap_and_nothing_else_missing(tmp_path: Path) -> None:
    epoch = Epoch(tmp_path / "epoch").feed(together(between(h264(6), 0, 3), opus(3)))
    for tenth in range(30, 70):
        epoch.do(epoch.segmenter.idle(at(tenth / 10)))
    closed_while_away = len(epoch.media)
    epoch.feed(together(delayed(h264(3), 7.2), delayed(opus(3), 7))).close()

    assert closed_while_away == 1
    assert epoch.gaps_s() == [(None, "network", 3.0, 7.2)]
    assert len(epoch.inits) == 2
    frames = decode(epoch.kept)
    assert len(times(frames, "video")) == 180
    assert len(times(frames, "audio")) == 300


def test_frames_that_need_a_lost_keyframe_are_not_recorded_and_one_is_asked_for(tmp_path: Path) -> None:
    epoch = Epoch(tmp_path / "epoch", frozenset({VIDEO})).feed(between(h264(6), 1.0, 3.0)).close()

    assert epoch.facts == []
    assert epoch.keyframes_wanted == [1.0, 2.0]


def test_a_camera_switched_off_on_purpose_is_a_gap_of_that_reason(tmp_path: Path) -> None:
    epoch = Epoch(tmp_path / "epoch")
    epoch.feed(together(between(h264(12), 0, 3), opus(3)))
    epoch.do(epoch.segmenter.mark(VIDEO, GapReason.MUTED, at(2.9)))
    epoch.feed(delayed(opus(6), 3))
    epoch.do(epoch.segmenter.mark(VIDEO, None, at(8.8)))
    epoch.feed(together(delayed(h264(3), 9), delayed(opus(3), 9))).close()

    assert epoch.gaps_s() == [(VIDEO, "muted", 2.9, 9.0)]


def test_a_muted_camera_that_sends_black_pictures_is_a_gap_all_the_same(tmp_path: Path) -> None:
    units = together(h264(9), opus(9))
    epoch = Epoch(tmp_path / "epoch").feed(between(units, 0, 3))
    epoch.do(epoch.segmenter.mark(VIDEO, GapReason.MUTED, at(3)))
    epoch.feed(between(units, 3, 6))
    epoch.do(epoch.segmenter.mark(VIDEO, None, at(6)))
    epoch.feed(between(units, 6, 9)).close()

    assert epoch.gaps_s() == [(VIDEO, "muted", 3.0, 6.0)]
    assert len(times(decode(epoch.kept), "video")) == 270


def test_a_gap_that_lasts_to_the_end_is_declared_if_the_page_named_it(tmp_path: Path) -> None:
    units = together(h264(3), opus(3))
    epoch = Epoch(tmp_path / "epoch").feed(units)
    epoch.do(epoch.segmenter.mark(VIDEO, GapReason.BACKGROUND, at(2)))
    epoch.close()

    assert epoch.gaps_s() == [(VIDEO, "background", 2.0, 2.98)]


@pytest.mark.parametrize(
    ("told", "why"), [(GapReason.BACKGROUND, "background"), (GapReason.TAKEN, "taken"), (GapReason.MUTED, "network")]
)
def test_what_falls_silent_behind_a_page_that_was_put_away_is_the_same_pause(
    tmp_path: Path, told: GapReason, why: str
) -> None:
    epoch = Epoch(tmp_path / "epoch").feed(together(h264(3), opus(3)))
    epoch.do(epoch.segmenter.mark(VIDEO, told, at(2)))
    epoch.do(epoch.segmenter.idle(at(6)))
    epoch.do(epoch.segmenter.mark(VIDEO, None, at(9)))
    epoch.feed(together(delayed(h264(3), 9), delayed(opus(3), 9))).close()

    assert {(medium, reason) for medium, reason, *_ in epoch.gaps_s()} == {(VIDEO, told.value), (None, why)}


def test_a_stall_right_behind_a_cut_leaves_the_keyframe_at_the_head_of_its_segment(tmp_path: Path) -> None:
    """The keyframe of the cut is here, the sound that belongs before it is not, and then nothing comes for 2 s.

    The sound that comes late begins before the cut, and so does its segment: 20 ms of it were still held.
    """
    video, audio = h264(8), opus(8)
    epoch = Epoch(tmp_path / "epoch").feed(together(between(video, 0, 4.1), between(audio, 0, 3.9)))
    epoch.do(epoch.segmenter.idle(at(5.8)))
    epoch.feed(together(delayed(between(video, 4.1, 8), 1.7), delayed(between(audio, 3.9, 8), 1.7))).close()

    assert starts(epoch)[:3] == [("init", 0.0), ("media", 0.0), ("media", 3.88)]
    assert all(fact.starts_with_keyframe for fact in epoch.media[:2])


# -- time ------------------------------------------------------------------------------------------------------------


def skewed(units: list[AccessUnit], ppm: float) -> list[AccessUnit]:
    """As if the sender's clock ran fast: its RTP time is ahead of the time of capture, ever more."""
    first = units[0].rtp_time
    return [replace(u, rtp_time=first + round((u.rtp_time - first) * (1 + ppm / 1e6))) for u in units]


@pytest.mark.parametrize("ppm", [-4_000.0, 4_000.0])
def test_a_clock_that_drifts_is_corrected_at_the_cuts(tmp_path: Path, ppm: float) -> None:
    video, audio = h264(24, width=160, height=120), skewed(opus(24), ppm)

    epoch = Epoch(tmp_path / "epoch").feed(together(video, audio)).close()

    frames = decode(epoch.kept)
    errors = [abs(a - u.captured_at_us) for a, u in zip(times(frames, "audio"), audio, strict=True)]
    assert max(errors) <= 50_000  # what a cut tolerates and what drifts within a segment; uncorrected it were 96 ms
    assert epoch.gaps == []


def test_a_better_estimate_of_the_capture_time_moves_the_next_segment(tmp_path: Path) -> None:
    units = together(h264(13), opus(13))
    better = [u if u.captured_at_us < at(2) else replace(u, captured_at_us=u.captured_at_us - 30_000) for u in units]

    epoch = Epoch(tmp_path / "epoch").feed(better).close()

    last = [kept for kept in epoch.kept if kept.fact.kind is SegmentKind.MEDIA][-1]
    frames = decode([epoch.kept[0], last])
    wanted = [u.captured_at_us for u in better if u.kind is VIDEO][-len(times(frames, "video")) :]
    assert max(abs(a - b) for a, b in zip(times(frames, "video"), wanted, strict=True)) <= 5_000
    assert len(epoch.inits) == 1


def test_a_much_better_estimate_dates_sound_and_stills_alike_from_the_next_still_on(tmp_path: Path) -> None:
    stills = [unit for unit in h264(19, keyframe_every=90) if unit.keyframe]
    units = [
        unit if unit.captured_at_us < at(3) else replace(unit, captured_at_us=unit.captured_at_us - 290_000)
        for unit in together(stills, opus(19))
    ]

    epoch = Epoch(tmp_path / "epoch").feed(units).close()

    frames = decode(epoch.kept)
    for kind, medium in ((VIDEO, "video"), (AUDIO, "audio")):
        wanted = [unit.captured_at_us for unit in units if unit.kind is kind]
        errors = [abs(a - b) for a, b in zip(times(frames, medium), wanted, strict=True) if b >= at(6)]
        assert max(errors) <= 20_000


@pytest.mark.parametrize("jump_s", [-20.0, 20.0, 48_000.0], ids=["back", "ahead", "13 hours"])
def test_a_jump_of_the_rtp_clock_begins_anew_instead_of_leaving_a_hole(tmp_path: Path, jump_s: float) -> None:
    video, audio = h264(8, keyframe_every=30), opus(8)
    jumped = [
        replace(u, rtp_time=u.rtp_time + round(jump_s * (90_000 if u.kind is VIDEO else 48_000)))
        if u.captured_at_us >= at(3)
        else u
        for u in together(video, audio)
    ]

    epoch = Epoch(tmp_path / "epoch").feed(jumped).close()

    assert sum(fact.duration_ms for fact in epoch.media) <= 8_100
    frames = decode(epoch.kept)
    last_video = times(frames, "video")[-1]
    assert abs(last_video - video[-1].captured_at_us) <= 5_000
    assert all(gap[3] - gap[2] < 1.1 for gap in epoch.gaps_s())
