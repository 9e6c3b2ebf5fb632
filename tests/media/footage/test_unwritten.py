"""Who must be told that nothing of a medium is being written."""

from inspect_server.media.access_unit import MediaKind
from inspect_server.media.footage.unwritten import UnwrittenWatch

VIDEO, AUDIO = MediaKind.VIDEO, MediaKind.AUDIO


def test_five_seconds_without_a_byte_are_told_and_the_next_byte_ends_it() -> None:
    watch = UnwrittenWatch({VIDEO, AUDIO}, now=100)
    watch.written(VIDEO, 101)
    watch.written(AUDIO, 103)

    assert watch.unwritten(105.9) == frozenset()
    assert watch.unwritten(106) == {VIDEO}
    assert watch.unwritten(108) == {VIDEO, AUDIO}
    watch.written(VIDEO, 108.5)
    assert watch.unwritten(109) == {AUDIO}


def test_what_never_came_at_all_is_told_as_well_but_only_what_was_announced() -> None:
    watch = UnwrittenWatch({VIDEO}, now=100)

    assert watch.unwritten(104.9) == frozenset()
    assert watch.unwritten(105) == {VIDEO}
    assert watch.never == {VIDEO}
    watch.written(VIDEO, 106)
    assert watch.unwritten(111) == {VIDEO}
    assert watch.never == frozenset()


def test_what_is_missing_on_purpose_is_not_told_and_counts_from_its_return_on() -> None:
    watch = UnwrittenWatch({VIDEO, AUDIO}, now=100)
    watch.excuse(VIDEO, 101, missing_on_purpose=True)
    watch.written(AUDIO, 200)
    assert watch.unwritten(201) == frozenset()

    watch.excuse(VIDEO, 202, missing_on_purpose=False)
    watch.written(AUDIO, 206)
    assert watch.unwritten(206.9) == frozenset()
    assert watch.unwritten(207) == {VIDEO}


def test_a_page_that_says_again_and_again_that_it_runs_excuses_nothing() -> None:
    watch = UnwrittenWatch({VIDEO}, now=100)
    watch.excuse(VIDEO, 104, missing_on_purpose=False)

    assert watch.unwritten(105) == {VIDEO}


def test_while_nothing_can_be_written_nobody_is_late() -> None:
    watch = UnwrittenWatch({VIDEO, AUDIO}, now=100)
    watch.count_anew(130)

    assert watch.unwritten(134.9) == frozenset()
    assert watch.unwritten(135) == {VIDEO, AUDIO}


def test_stills_may_come_as_far_apart_as_was_meant_and_moving_pictures_may_not() -> None:
    watch = UnwrittenWatch({VIDEO, AUDIO}, now=100)
    watch.come_apart(VIDEO, 4)
    watch.written(AUDIO, 107)
    assert watch.unwritten(108.9) == frozenset()
    assert watch.unwritten(109) == {VIDEO}
    watch.written(VIDEO, 110)
    watch.come_apart(VIDEO, 0)
    watch.written(AUDIO, 113)
    assert watch.unwritten(115) == {VIDEO}
