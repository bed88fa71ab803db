import errno
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from photochrom.atomic import CheckedFile
from photochrom.errors import PhotoError
from photochrom.video import VideoEncoding, colorize_video

EXACT = VideoEncoding("ffv1")


@pytest.mark.parametrize("pixels", ["gray", "gray10le", "yuv420p", "yuv422p10le", "yuv444p"])
@pytest.mark.parametrize("full", [False, True])
def test_every_luma_sample_is_kept_bit_for_bit(write_film, decode, planes_of, red, tmp_path, pixels, full):
    source = write_film(pixels=pixels, full=full)
    target = tmp_path / "new.mkv"
    colorize_video(source, target, model=red, encoding=EXACT)
    before, after = decode(source), decode(target)
    assert len(after) == len(before) == 8
    for old, new in zip(before, after, strict=True):
        assert np.array_equal(planes_of(old)[0], planes_of(new)[0])
        assert new.color_range == (2 if full else 1)
    assert after[0].format.name == {"gray": "yuv420p", "gray10le": "yuv420p10le"}.get(pixels, pixels)


def test_the_color_of_the_model_is_in_the_chroma_planes(write_film, decode, red, tmp_path, moving):
    source = write_film(lumas=[np.full((64, 96), 128, np.uint8)] * 3)
    colorize_video(source, tmp_path / "new.mkv", model=red, encoding=EXACT)
    rgb = decode(tmp_path / "new.mkv")[1].to_ndarray(format="rgb24").mean(axis=(0, 1))
    expected = 128 + 255 * np.array([1.402 * 0.2, -0.344 * -0.1 - 0.714 * 0.2, 1.772 * -0.1])
    assert abs(rgb - expected).max() < 5  # limited range has fewer levels


def test_h264_hands_on_the_same_frames_and_tags(write_film, decode, red, tmp_path):
    source = write_film("old.mp4", codec="libx264", pixels="yuv420p", colorspace=1, color_primaries=1, color_trc=1)
    colorize_video(source, tmp_path / "new.mp4", model=red)
    before, after = decode(source), decode(tmp_path / "new.mp4")
    assert [frame.time for frame in after] == [frame.time for frame in before]
    assert (after[0].colorspace, after[0].color_primaries, after[0].color_trc) == (1, 1, 1)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_times_of_a_variable_frame_rate_are_kept(write_film, decode, red, tmp_path, suffix):
    times = [0, 40, 120, 130, 400, 440, 480, 1000]
    source = write_film(base=Fraction(1, 1000), times=times)
    target = tmp_path / f"new{suffix}"
    colorize_video(source, target, model=red)
    assert [round(1000 * frame.time) for frame in decode(target)] == times


def with_sound_and_words(out):
    packets = []
    sound = out.add_stream("aac", rate=48000)
    if out.format.name == "matroska":
        words = Path(out.name).with_name("words.srt")
        words.write_text("1\n00:00:00,080 --> 00:00:00,180\nHello.\n", encoding="utf-8")
        with av.open(str(words)) as source:
            stream = out.add_stream_from_template(source.streams.subtitles[0])
            for packet in source.demux():
                if packet.size:
                    packet.stream = stream
                    packets.append(packet)
    for index in range(14):
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp", layout="stereo")
        frame.pts, frame.sample_rate, frame.time_base = 1024 * index, 48000, Fraction(1, 48000)
        packets += sound.encode(frame)
    sound.metadata["language"] = "deu"
    out.set_chapters(
        [{"id": 1, "start": 0, "end": 160, "time_base": Fraction(1, 1000), "metadata": {"title": "The beginning"}}]
    )
    return packets + sound.encode(None)


def all_packets(path, kind):
    with av.open(str(path)) as container:
        stream = next(stream for stream in container.streams if stream.type == kind)
        return [
            (bytes(packet), float(packet.pts * packet.time_base)) for packet in container.demux(stream) if packet.size
        ]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_sound_subtitles_metadata_chapters_and_aspect_are_kept(write_film, red, tmp_path, suffix):
    options = {"also": with_sound_and_words, "metadata": {"title": "Yes"}, "sample_aspect_ratio": Fraction(16, 15)}
    source = write_film(f"old{suffix}", codec="libx264", pixels="yuv420p", **options)
    target = tmp_path / f"new{suffix}"
    colorize_video(source, target, model=red)
    assert [data for data, _ in all_packets(target, "audio")] == [data for data, _ in all_packets(source, "audio")]
    if suffix == ".mkv":
        assert all_packets(target, "subtitle") == [(b"Hello.", 0.08)]
    times = [[time for _, time in all_packets(path, "audio")] for path in (source, target)]
    assert np.allclose(times[0], times[1], atol=0.0015)
    with av.open(str(target)) as made:
        assert made.metadata["title"] == "Yes"
        (chapter,) = made.chapters()
        assert chapter["metadata"]["title"] == "The beginning"
        assert (chapter["end"] - chapter["start"]) * chapter["time_base"] == Fraction(160, 1000)
        assert made.streams.audio[0].metadata["language"] == "deu"
        assert made.streams.video[0].sample_aspect_ratio == Fraction(16, 15)


def test_what_is_to_be_shown_rotated_still_is(write_film, decode, red, tmp_path):
    source = write_film("old.mp4", codec="libx264", pixels="yuv420p", rotated=90)
    colorize_video(source, tmp_path / "new.mp4", model=red)
    assert decode(tmp_path / "new.mp4")[0].rotation == decode(source)[0].rotation != 0


@pytest.mark.parametrize(("height", "width"), [(1, 1), (33, 35), (34, 35), (35, 34), (2, 300)])
def test_odd_and_tiny_sizes_are_colored(write_film, decode, red, tmp_path, height, width):
    lumas = [np.full((height, width), 100, np.uint8)] * 2
    source = write_film(lumas=lumas)
    for codec in ("ffv1", "h264"):
        target = tmp_path / f"{codec}.mkv"
        colorize_video(source, target, model=red, encoding=VideoEncoding(codec))
        frames = decode(target)
        assert [(frame.height, frame.width) for frame in frames] == [(height, width)] * 2


def test_a_film_that_is_cut_off_is_colored_as_far_as_it_goes_and_said_to_be(write_film, decode, red, tmp_path, moving):
    source = write_film(lumas=moving(24), codec="libx264", pixels="yuv420p", options={"bf": "0"})
    whole = source.read_bytes()
    source.write_bytes(whole[: len(whole) // 2])
    event = colorize_video(source, tmp_path / "new.mkv", model=red)
    assert 0 < len(decode(tmp_path / "new.mkv")) < 24
    assert any("ends after" in note or "damaged" in note for note in event.notes)


def test_damaged_frames_are_counted(write_film, decode, red, tmp_path, moving):
    source = write_film(lumas=moving(24), codec="libx264", pixels="yuv420p", options={"bf": "0", "g": "8"})
    content = bytearray(source.read_bytes())
    for place in range(len(content) // 3, 2 * len(content) // 3, 97):
        content[place] ^= 0x5A
    source.write_bytes(content)
    event = colorize_video(source, tmp_path / "new.mkv", model=red)
    assert any("damaged" in note for note in event.notes)
    assert decode(tmp_path / "new.mkv")


@pytest.mark.parametrize("full_at", [0, 8_000])
def test_nothing_is_left_where_the_disk_is_full(write_film, moving, red, tmp_path, monkeypatch, full_at):
    source, folder = write_film(lumas=moving(count=30, height=240, width=320)), tmp_path / "out"
    write_to_disk = CheckedFile.write

    def write(self, data):
        if self.tell() >= full_at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write_to_disk(self, data)

    monkeypatch.setattr(CheckedFile, "write", write)
    with pytest.raises(PhotoError, match=r"cannot be written \(No space left on device\)"):
        colorize_video(source, folder / "new.mkv", model=red)
    assert list(folder.iterdir()) == []


def test_an_interrupted_film_goes_on_where_it_was(write_film, decode, planes_of, red, tmp_path, moving):
    lumas = [*moving(6), *(255 - luma for luma in moving(6, name="astronaut")), *moving(6, name="rocket")]
    source, target = write_film(lumas=lumas), tmp_path / "out" / "new.mkv"

    def stop_at(count):
        def stop(now):
            if now.done == count:
                raise KeyboardInterrupt

        return stop

    with pytest.raises(KeyboardInterrupt):
        colorize_video(source, target, model=red, encoding=EXACT, resume=True, on_progress=stop_at(15))
    assert not target.exists()
    seen = []
    colorize_video(
        source, target, model=red, encoding=EXACT, resume=True, on_progress=lambda now: seen.append(now.done)
    )
    assert 1 < seen[0] < 15
    assert seen[-1] == 18
    assert [path.name for path in target.parent.iterdir()] == ["new.mkv"]
    colorize_video(source, tmp_path / "at-once.mkv", model=red, encoding=EXACT)
    for one, other in zip(decode(target), decode(tmp_path / "at-once.mkv"), strict=True):
        assert all(map(np.array_equal, planes_of(one), planes_of(other)))


def test_an_interrupted_film_leaves_nothing_unless_it_is_to_go_on(write_film, red, tmp_path):
    source, folder = write_film(), tmp_path / "out"

    def stop(now):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        colorize_video(source, folder / "new.mkv", model=red, on_progress=stop)
    assert list(folder.iterdir()) == []


def test_a_killed_run_leaves_no_result_and_the_next_one_clears_its_parts(write_film, make_model, tmp_path, decode):
    source, folder = write_film(), tmp_path / "out"
    program = (
        "import sys, time; from photochrom.video import colorize_video\n"
        "colorize_video(*sys.argv[1:3], model=sys.argv[3], on_progress=lambda now: time.sleep(60))"
    )
    model = str(make_model())
    run = subprocess.Popen([sys.executable, "-c", program, source, folder / "new.mkv", model])
    while not folder.exists() or not any(folder.rglob("*.part")):
        time.sleep(0.05)
        assert run.poll() is None
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert not (folder / "new.mkv").exists()
    colorize_video(source, folder / "new.mkv", model=model)
    assert [path.name for path in folder.iterdir()] == ["new.mkv"]
    assert len(decode(folder / "new.mkv")) == 8


def test_freed_memory_is_given_back_within_a_long_shot(write_film, red, tmp_path, moving, monkeypatch):
    calls = []
    monkeypatch.setattr("photochrom.video.coloring.give_back", lambda: calls.append(None))
    colorize_video(write_film(lumas=moving(count=50)), tmp_path / "new.mkv", model=red)
    assert len(calls) == 3  # after 24 frames, after 48, and at the end


def test_shots_in_color_are_left_alone_if_asked(write_film, decode, planes_of, red, tmp_path, coffee, moving):
    height, width = coffee.shape[0] // 2 * 2, coffee.shape[1] // 2 * 2
    shown = coffee[:height, :width]

    def paint(frame, index):
        if index >= 4:
            made = av.VideoFrame.from_ndarray(np.ascontiguousarray(shown), format="rgb24").reformat(format="yuv420p")
            made.pts, made.time_base, made.color_range = frame.pts, frame.time_base, 1
            return made
        return frame

    lumas = moving(8, height, width, name="rocket")
    source = write_film(lumas=lumas, pixels="yuv420p", change=paint)
    event = colorize_video(source, tmp_path / "new.mkv", model=red, encoding=EXACT, skip_color=True)
    before, after = decode(source), decode(tmp_path / "new.mkv")
    assert all(map(np.array_equal, planes_of(before[6]), planes_of(after[6])))
    assert not np.array_equal(planes_of(before[1])[2], planes_of(after[1])[2])
    assert event.notes == (f"{source}: 4 of 8 frames were in color and are left alone",)
