import av
import numpy as np
import pytest

from photochrom.errors import PhotoError
from photochrom.video.planes import Layout, Tags, as_it_was, colored, levels, luma_at, luma_of, with_luma


def frame_of(pixels, height=6, width=8, **tags):
    frame = av.VideoFrame(width, height, pixels)
    for key, value in tags.items():
        setattr(frame, key, value)
    return frame


@pytest.mark.parametrize(
    ("pixels", "depth", "written"),
    [
        ("gray", 8, "yuv420p"),
        ("gray10le", 10, "yuv420p10le"),
        ("yuv420p", 8, "yuv420p"),
        ("yuvj420p", 8, "yuv420p"),
        ("yuv422p10le", 10, "yuv422p10le"),
        ("yuv444p", 8, "yuv444p"),
        ("yuv411p", 8, "yuv422p"),
        ("yuv440p", 8, "yuv444p"),
        ("nv12", 8, "yuv420p"),
        ("rgb24", 8, "yuv420p"),
    ],
)
def test_results_have_the_depth_and_the_subsampling_of_the_source(pixels, depth, written):
    layout = Layout.of(frame_of(pixels))
    assert layout.depth == depth
    assert layout.written(8, 6, even=True).name == written


@pytest.mark.parametrize(("size", "written"), [((8, 7), "yuv422p"), ((7, 8), "yuv444p"), ((7, 7), "yuv444p")])
def test_codecs_that_halve_no_odd_side_get_finer_chroma(size, written):
    assert Layout(8, (2, 2)).written(*size, even=True).name == written
    assert Layout(8, (2, 2)).written(*size, even=False).name == "yuv420p"


@pytest.mark.parametrize(
    ("pixels", "reason"), [("yuv420p12le", "12 bits"), ("yuva420p", "transparency"), ("gbrp10le", "red, green")]
)
def test_what_cannot_be_kept_is_refused_with_the_reason(pixels, reason):
    with pytest.raises(PhotoError, match=reason):
        Layout.of(frame_of(pixels))


@pytest.mark.parametrize(("transfer", "name"), [(16, "PQ"), (18, "HLG")])
def test_hdr_is_refused_with_the_reason(transfer, name):
    with pytest.raises(PhotoError, match=f"HDR .{name}."):
        Tags.of(frame_of("yuv420p10le", color_trc=transfer))


def test_a_stream_that_names_no_matrix_has_the_one_that_its_size_implies():
    assert Tags.of(frame_of("yuv420p", 480, 640)).matrix == 6
    assert Tags.of(frame_of("yuv420p", 720, 1280)).matrix == 1
    assert Tags.of(frame_of("yuv420p", 480, 640, colorspace=9)).matrix == 9


def test_gray_and_rgb_that_name_no_range_use_all_levels_and_yuv_does_not():
    assert Tags.of(frame_of("gray")).is_full
    assert not Tags.of(frame_of("gray", color_range=1)).is_full
    assert not Tags.of(frame_of("yuv420p")).is_full
    assert Tags.of(frame_of("rgb24", color_range=1)).is_full


@pytest.mark.parametrize("pixels", ["yuyv422", "uyvy422"])
def test_luma_that_lies_between_chroma_is_taken_as_it_is(pixels):
    frame = frame_of(pixels)
    samples = np.frombuffer(frame.planes[0], np.uint8).reshape(frame.height, -1)
    samples[:] = np.arange(samples.size).reshape(samples.shape) % 251
    layout = Layout.of(frame)
    assert layout.subsampling == (2, 1)
    first = pixels.index("y") % 2
    assert np.array_equal(levels(with_luma(frame, layout)), samples[:, first::2][:, : frame.width])


def test_rgb_is_taken_unless_something_shines_through():
    frame = av.VideoFrame.from_ndarray(np.full((6, 8, 4), 255, np.uint8), format="rgba")
    assert Layout.of(frame).taken_as
    frame = av.VideoFrame.from_ndarray(np.full((6, 8, 4), 254, np.uint8), format="rgba")
    with pytest.raises(PhotoError, match="transparency"):
        Layout.of(frame)


def test_black_and_white_of_either_range_are_0_and_1():
    for depth, full, ends in (
        (8, False, (16, 235)),
        (8, True, (0, 255)),
        (10, False, (64, 940)),
        (10, True, (0, 1023)),
    ):
        tags = Tags(6, 2 if full else 1, 2, 2)
        samples = np.array([ends], np.uint8 if depth == 8 else np.uint16)
        assert np.allclose(luma_of(samples, depth, tags), [[0, 1]], atol=1e-6)


@pytest.mark.parametrize("full", [False, True])
def test_chroma_is_written_as_levels_of_the_range_beside_the_same_luma(full):
    frame, tags, layout = frame_of("gray"), Tags(6, 2 if full else 1, 2, 2), Layout(8, (2, 2))
    levels(frame)[:] = 120
    luma = luma_at(frame, 8, tags, layout.chroma_shape(6, 8))
    made = colored(
        frame, layout, tags, luma, np.stack((np.full((3, 4), 0.1), np.full((3, 4), -0.1))).astype(np.float32)
    )
    step = 255 if full else 224
    assert (levels(made, 1) == round(128 + 0.1 * step)).all()
    assert (levels(made, 2) == round(128 - 0.1 * step)).all()
    assert np.array_equal(levels(made), levels(frame))


def test_a_frame_left_as_it_was_keeps_its_chroma_in_another_subsampling_too():
    frame = frame_of("yuv422p")
    for plane, level in enumerate((90, 100, 110)):
        levels(frame, plane)[:] = level
    made = as_it_was(frame, Layout(8, (1, 1)), Tags(6, 1, 2, 2))
    assert [int(levels(made, plane).mean()) for plane in range(3)] == [90, 100, 110]
    assert levels(made, 1).shape == (6, 8)


def test_pictures_of_red_green_and_blue_get_a_luma():
    frame = av.VideoFrame.from_ndarray(np.full((6, 8, 3), 77, np.uint8), format="rgb24")
    layout = Layout.of(frame)
    assert layout.taken_as == "yuvj420p"
    assert abs(levels(with_luma(frame, layout)).astype(int) - 77).max() <= 1
