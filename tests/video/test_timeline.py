from fractions import Fraction
from itertools import pairwise

from photochrom.video.timeline import Timeline

MS = Fraction(1, 1000)


def test_times_are_as_they_are_said_and_follow_each_other_where_nothing_is_said():
    line = Timeline(MS, jumps=False)
    assert [line(time, 40) for time in (7, 47, None, 127, 9000)] == [7, 47, 87, 127, 9000]
    assert line.shifts == []


def test_equal_times_become_the_next_ones_and_later_times_stay():
    line = Timeline(MS, jumps=False)
    assert [line(time, 40) for time in (0, 0, 40, 40, 80)] == [0, 1, 40, 41, 80]


def test_a_frame_that_comes_before_the_one_before_it_should_end_is_no_jump():
    line = Timeline(MS, jumps=True)
    assert [line(time, duration) for time, duration in ((0, 40), (40, 1000), (80, 40), (1080, 40))] == [0, 40, 80, 1080]
    assert line.shifts == []


def test_where_times_jump_the_second_recording_follows_the_first():
    for second in ((0, 40, 80), (90000, 90040, 90080)):
        line = Timeline(MS, jumps=True)
        made = [line(time, 40) for time in (1000, 1040, 1080, *second)]
        assert [later - earlier for earlier, later in pairwise(made)] == [40] * 5
        assert len(line.shifts) == 1


def test_sound_jumps_by_what_its_picture_jumps():
    line = Timeline(MS, jumps=True, known=[Fraction(1120, 1000)])
    assert [line(time, 24) for time in (1000, 1024, 10, 34)] == [1000, 1024, 1130, 1154]
