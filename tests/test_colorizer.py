import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path

import imagecodecs
import numpy as np
import onnx
import pytest
import skimage
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab

from photochrom import Colorizer, HintError, Hints, ModelError, PhotoError, Point, bands
from photochrom.color import merge_fitted
from photochrom.model import load
from photochrom.photos import provenance
from photochrom.working_size import working_shape

PHOTOGRAPHS = Path(skimage.__file__).parent / "data"
NAMES = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "camera.png", "moon.png", "page.png")
SATURATIONS = (0, 1, 3, 10)


@cache
def whole(name):
    with Image.open(PHOTOGRAPHS / name) as image:
        return np.asarray(image.convert("RGB"))


@st.composite
def photographs(draw, dtype=np.uint8):
    """A piece of a real photograph, gray or in color, with its light and contrast changed."""
    rgb = whole(draw(st.sampled_from(NAMES)))
    height, width = draw(st.integers(1, 48)), draw(st.integers(1, 48))
    step = draw(st.integers(1, 4))
    top = draw(st.integers(0, rgb.shape[0] - height * step)) if rgb.shape[0] > height * step else 0
    left = draw(st.integers(0, rgb.shape[1] - width * step)) if rgb.shape[1] > width * step else 0
    piece = rgb[top : top + height * step : step, left : left + width * step : step] / 255
    piece = (piece ** draw(st.floats(0.3, 3)) * draw(st.floats(0.5, 1.5))).clip(0, 1)
    piece = np.rint(piece * np.iinfo(dtype).max).astype(dtype)
    return piece[..., 1] if draw(st.booleans()) else piece


def gray(array):
    """The exact gray of (H, W) or (H, W, 3), in levels."""
    return array.astype(float) if array.ndim == 2 else array.astype(float) @ [0.299, 0.587, 0.114]


@pytest.fixture(scope="module")
def colorizers(make_model):
    """Colorizers whose models paint as strongly as chroma can be, at several saturations."""
    random = np.random.default_rng(0)
    models = [
        make_model(offset=(-0.5, 0.5)),
        make_model(offset=(-0.5, -0.5)),
        make_model(offset=(0.5, 0.1)),
        make_model(random.uniform(-1, 1, 2), random.uniform(-0.5, 0.5, 2)),
    ]
    return [Colorizer(path, saturation=saturation) for path in models for saturation in SATURATIONS]


any_colorizer = st.integers(0, 4 * len(SATURATIONS) - 1)


@given(photographs(np.uint8), any_colorizer)
def test_8_bit_arrays_keep_their_luma(colorizers, array, index):
    result = colorizers[index].colorize(array)
    assert result.dtype == np.uint8
    assert result.shape == (*array.shape[:2], 3)
    assert abs(gray(result) - gray(array)).max() <= 1


@given(photographs(np.uint16), any_colorizer)
def test_16_bit_arrays_keep_their_luma(colorizers, array, index):
    result = colorizers[index].colorize(array)
    assert result.dtype == np.uint16
    assert abs(gray(result) - gray(array)).max() <= 1


@given(photographs(np.uint8), any_colorizer, st.sampled_from([np.float16, np.float32, np.float64]))
def test_float_arrays_keep_their_luma(colorizers, array, index, dtype):
    array = (array / 255).astype(dtype)
    result = colorizers[index].colorize(array)
    assert result.dtype == dtype
    assert result.min() >= 0
    assert result.max() <= 1
    assert gray(result) == pytest.approx(gray(array), abs=1e-3 if dtype == np.float16 else 1e-5)


@settings(max_examples=60)
@given(photographs(np.uint8), any_colorizer)
def test_png_files_keep_their_luma(colorizers, tmp_path_factory, array, index):
    folder = tmp_path_factory.getbasetemp() / "promise"
    folder.mkdir(exist_ok=True)
    Image.fromarray(array).save(folder / "in.png")
    colorizers[index].colorize_file(folder / "in.png", folder / "out.png", overwrite=True)
    with Image.open(folder / "out.png") as result:
        assert result.mode == "RGB"
        assert result.size == array.shape[1::-1]
        assert abs(gray(np.asarray(result)) - gray(array)).max() <= 1
        # As anybody would check it, with Pillow's own rounded gray.
        before = np.asarray(Image.fromarray(array).convert("L"), dtype=int)
        assert abs(np.asarray(result.convert("L"), dtype=int) - before).max() <= 1


@settings(max_examples=60)
@given(photographs(np.uint8), any_colorizer)
def test_jpeg_files_keep_their_luma_in_the_mean(colorizers, tmp_path_factory, array, index):
    folder = tmp_path_factory.getbasetemp() / "promise"
    folder.mkdir(exist_ok=True)
    Image.fromarray(array).convert("L").save(folder / "in.jpg", quality=90)
    colorizers[index].colorize_file(folder / "in.jpg", folder / "out.jpg", overwrite=True)
    with Image.open(folder / "in.jpg") as before, Image.open(folder / "out.jpg") as after:
        assert after.size == before.size
        # JPEG rounds blocks of 8 by 8 pixels: of fewer, the mean is one of few roundings.
        most = 1 if before.width * before.height >= 64 else 2
        assert abs(gray(np.asarray(after)) - gray(np.asarray(before))).mean() <= most + 1e-9  # of the sums of floats


@pytest.mark.parametrize("name", ["grass.png", "gravel.png", "astronaut.png"])
def test_jpeg_files_keep_the_luma_of_fine_detail(make_model, tmp_path, name):
    with Image.open(PHOTOGRAPHS / name) as image:
        image.convert("L").resize((300, 300)).save(tmp_path / "in.jpg", quality=95)
    colors = Colorizer(make_model(factor=(1, -1), offset=(-0.5, 0.5)), saturation=3)
    colors.colorize_file(tmp_path / "in.jpg", tmp_path / "out.jpg")
    with Image.open(tmp_path / "in.jpg") as before, Image.open(tmp_path / "out.jpg") as after:
        assert abs(gray(np.asarray(after)) - gray(np.asarray(before))).mean() <= 1 + 1e-9  # of the sums of floats


def test_colors_are_as_strong_as_the_luma_allows(strong, camera):
    result = Colorizer(strong, saturation=10).colorize(camera).astype(int)
    assert (result.max(axis=-1) - result.min(axis=-1))[(camera > 60) & (camera < 200)].min() > 60
    # Fitted, not clipped: some channel is at an end of its range everywhere.
    assert ((result <= 1) | (result >= 254)).any(axis=-1).all()


def test_colors_are_the_models(make_model):
    array = np.full((20, 30), 128, np.uint8)
    result = Colorizer(make_model(offset=(0.05, 0.1))).colorize(array)
    ycbcr = np.asarray(Image.fromarray(result).convert("YCbCr"), dtype=float) - 128
    assert ycbcr[..., 1] == pytest.approx(0.05 * 255, abs=1.5)
    assert ycbcr[..., 2] == pytest.approx(0.1 * 255, abs=1.5)


def test_colors_stand_where_they_belong(make_model):
    array = np.zeros((90, 120), np.uint8)
    array[:, :60] = 160  # light on the left: red there, nothing on the right
    result = Colorizer(make_model(factor=(0, 0.5))).colorize(array).astype(int)
    redness = result[..., 0] - result[..., 1]
    assert redness[:, :50].min() > 50
    assert redness[:, 70:].max() == 0


def test_saturation_scales_the_colors(make_model):
    path, array = make_model(offset=(0.02, 0.02)), np.full((9, 9), 128, np.uint8)
    spread = [np.ptp(Colorizer(path, saturation=s).colorize(array).astype(int)) for s in (0, 1, 2, 4)]
    assert spread[0] == 0
    assert spread[1] > 0
    assert spread[2] == pytest.approx(2 * spread[1], abs=2)
    assert spread[3] == pytest.approx(4 * spread[1], abs=3)


def test_saturation_0_leaves_the_photograph_gray(strong, camera):
    result = Colorizer(strong, saturation=0).colorize(camera)
    assert (result == camera[..., None]).all()


def test_warmth_makes_a_photograph_warmer_and_leaves_its_luma(make_model, camera):
    model = make_model(offset=(0.02, 0.02))
    colors = Colorizer(model, warmth=0.5)
    warm, plain, cool = (colors.colorize(camera, warmth=warmth).astype(int) for warmth in (None, 0, -0.5))
    assert (plain == Colorizer(model).colorize(camera)).all()
    for result in (warm, plain, cool):
        assert abs(result @ [0.299, 0.587, 0.114] - camera).max() <= 1
    blueness = [(result[..., 2] - result[..., 0]).mean() for result in (warm, plain, cool)]
    assert blueness[0] < blueness[1] - 5 < blueness[2] - 10
    with pytest.raises(ValueError, match="warmth must be between"):
        colors.colorize(camera, warmth=2)


def test_only_the_gray_of_colors_counts(strong, coffee):
    colored = Colorizer(strong).colorize(coffee / 255)
    plain = Colorizer(strong).colorize(gray(coffee) / 255)
    assert colored == pytest.approx(plain, abs=1e-5)


@pytest.mark.parametrize("size", [(1, 1), (1, 2), (3, 1), (30, 3000), (30000, 30), (30, 30000)])
def test_every_size_is_colored(make_model, camera, size):
    array = np.resize(camera, size)
    result = Colorizer(make_model(factor=(1, -1), offset=(-0.4, 0.4))).colorize(array)
    assert result.shape == (*size, 3)
    assert abs(gray(result) - array).max() <= 1
    assert (result.max(axis=-1) > result.min(axis=-1)).any()


def test_bands_make_no_difference(make_model, coffee, monkeypatch):
    colors = Colorizer(make_model(factor=(0.8, -0.8), offset=(-0.3, 0.3)))
    whole = colors.colorize(coffee)
    for band in (1, 1000):
        monkeypatch.setattr(bands, "_BAND", band)
        assert (colors.colorize(coffee) == whole).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "I", "I;16"])
def test_a_picture_in_a_picture_out(strong, camera, mode):
    image = Image.fromarray(camera.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(camera).convert(mode)
    result = Colorizer(strong).colorize(image)
    assert result.mode == ("RGBA" if mode.endswith("A") else "RGB")
    assert result.size == image.size
    before = camera if mode.startswith("I") else np.asarray(image.convert("L"))
    assert abs(gray(np.asarray(result)[..., :3]) - before).max() <= 1.5


def test_a_picture_keeps_its_alpha(strong, camera):
    image = Image.fromarray(camera).convert("LA")
    alpha = Image.fromarray(camera.T.copy()).resize(image.size)
    image.putalpha(alpha)
    result = Colorizer(strong).colorize(image)
    assert result.getchannel("A").tobytes() == alpha.tobytes()


def test_a_sideways_picture_is_turned_every_time_and_left_as_it_was(strong, camera, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(camera).save(tmp_path / "sideways.jpg", exif=exif)
    with Image.open(tmp_path / "sideways.jpg") as image:
        for _ in range(2):
            assert Colorizer(strong).colorize(image).size == camera.shape
        assert image.size == camera.shape[::-1]
        assert image.getexif()[0x0112] == 6


def test_arrays_are_left_as_they_were(strong, coffee):
    before = coffee.copy()
    Colorizer(strong).colorize(coffee)
    assert (coffee == before).all()


def test_arrays_need_not_be_contiguous(strong, coffee):
    colors = Colorizer(strong)
    for view in (coffee[::2, ::-1], coffee.transpose(1, 0, 2), coffee[..., 0]):
        assert (colors.colorize(view) == colors.colorize(np.ascontiguousarray(view))).all()


def test_several_pictures_in_an_array_are_colored_each(strong, coffee):
    colors, gray = Colorizer(strong), coffee[..., 1]
    alone, mirrored = colors.colorize(gray), colors.colorize(gray[:, ::-1])
    several = np.stack([gray, gray[:, ::-1]])
    for array in (several, several[..., None], np.stack([several] * 3, axis=-1)):
        made = colors.colorize(array)
        assert (made.shape, made.dtype) == ((*several.shape, 3), np.uint8)
        assert (made[0] == alone).all()
        assert (made[1] == mirrored).all()
    assert (colors.colorize(gray[..., None]) == alone).all(), "one, with one channel"


@pytest.mark.parametrize("thing", [None, [[0, 1]], 7, io.StringIO("text")])
def test_other_things_are_refused(strong, thing):
    with pytest.raises(TypeError, match=r"can be colored, not (a file of str|int|list|NoneType)"):
        Colorizer(strong).colorize(thing)


def test_a_file_is_colored_by_its_path_its_bytes_and_as_a_file_object(strong, source, camera):
    colors, expected = Colorizer(strong), Colorizer(strong).colorize(camera)
    content = source.read_bytes()
    with source.open("rb") as file:
        for photograph in (source, str(source), content, bytearray(content), io.BytesIO(content), file):
            made = colors.colorize(photograph)
            assert isinstance(made, Image.Image)
            assert made.mode == "RGB"
            assert (np.asarray(made) == expected).all()


def test_a_16_bit_file_with_alpha_gives_a_picture_of_8_bit(strong, camera):
    deep = np.dstack([camera.astype(np.uint16) * 257, np.full(camera.shape, 32768, np.uint16)])
    made = Colorizer(strong).colorize(imagecodecs.png_encode(deep))
    assert made.mode == "RGBA"
    assert (np.asarray(made)[..., :3] == Colorizer(strong).colorize(camera)).all()
    assert (np.asarray(made)[..., 3] == 128).all()


@pytest.mark.parametrize(
    ("given", "message"), [(b"", "empty"), (b"text", "not a picture"), ("missing.jpg", "no such file")]
)
def test_what_cannot_be_read_is_told(strong, given, message):
    with pytest.raises(PhotoError, match=message):
        Colorizer(strong).colorize(given)


def test_the_limit_holds_for_files_of_every_kind(strong, source):
    for photograph in (source, source.read_bytes()):
        with pytest.raises(PhotoError, match="million pixels"):
            Colorizer(strong, max_pixels=100).colorize(photograph)


def test_saturation_may_be_that_of_one_call(strong, camera):
    colors = Colorizer(strong)
    assert (colors.colorize(camera, saturation=0.5) == Colorizer(strong, saturation=0.5).colorize(camera)).all()
    assert (colors.colorize(camera) == Colorizer(strong).colorize(camera)).all(), "of that one alone"
    assert (np.asarray(colors.colorize(Image.fromarray(camera), saturation=0)) == camera[..., None]).all()
    with pytest.raises(ValueError, match="saturation must be between"):
        colors.colorize(camera, saturation=11)


@pytest.mark.parametrize("size", [31, 4097, 0, -1])
def test_sizes_beyond_the_limits_are_refused(strong, size):
    with pytest.raises(ValueError, match="size must be between"):
        Colorizer(strong, size=size)


@pytest.mark.parametrize("saturation", [-0.1, 10.1, float("nan")])
def test_saturations_beyond_the_limits_are_refused(strong, saturation):
    with pytest.raises(ValueError, match="saturation must be between"):
        Colorizer(strong, saturation=saturation)


def test_an_unknown_model_is_refused():
    with pytest.raises(ModelError, match="heliogravure"):
        Colorizer("heliogravure")


def test_the_model_sees_the_photograph_at_the_working_size(strong, camera):
    for size, expected in ((None, 64), (128, 128)):
        colors, seen = Colorizer(strong, size=size), []
        model = colors._model
        object.__setattr__(colors, "_model", Spy(model, seen))
        colors.colorize(camera)
        (luma,) = seen
        assert luma.dtype == np.float32
        assert luma.shape == (1, 1, *working_shape(*camera.shape, expected, 16))
        assert luma.min() >= 0
        assert luma.max() <= 1
        assert luma.mean() == pytest.approx(camera.mean() / 255, abs=0.01)


class Spy:
    """A model that notes what it is shown."""

    def __init__(self, model, seen):
        self._model, self._seen, self.told = model, seen, []
        self.multiple_of, self.takes_hints = model.multiple_of, model.takes_hints

    def __call__(self, luma, hints=None):
        self._seen.append(luma)
        self.told.append(hints)
        return self._model(luma, hints)


POINTS = Hints.from_points(
    [
        Point(0.3, 0.4, "firebrick"),
        Point(0.7, 0.6, (20, 90, 160), 0.03),
        Point(0, 0, "#b8860b"),
        Point(1, 1, "white", 0.05),
    ]
)


@pytest.fixture(scope="module")
def taking_hints(save_model, tmp_path_factory, metadata):
    """A model that takes hints and follows them half of the way."""
    nodes = [
        helper.make_node("Slice", ["hints", "from", "to", "axis"], ["known"]),
        helper.make_node("Mul", ["known", "half"], ["followed"]),
        helper.make_node("Mul", ["luma", "colors"], ["painted"]),
        helper.make_node("Add", ["followed", "painted"], ["chroma"]),
    ]
    constants = {
        "from": np.array([0]),
        "to": np.array([2]),
        "axis": np.array([1]),
        "half": np.array(0.5, np.float32),
        "colors": np.array([0.1, -0.1], np.float32).reshape(1, 2, 1, 1),
    }
    path = tmp_path_factory.mktemp("model") / "hinted.onnx"
    save_model(path, nodes, constants, replace(metadata, format="2", hints="1").to_onnx())
    model = onnx.load(str(path))
    model.graph.input.append(helper.make_tensor_value_info("hints", TensorProto.FLOAT, ["n", 3, "h", "w"]))
    onnx.save(model, str(path))
    return path


def expected(hints, levels):
    """The colors that hints ask for, uint8 (H, W, 3), and where they do so for certain."""
    luma = levels.astype(np.float32) / 255
    planes = hints.planes(luma)
    rgb = np.rint(merge_fitted(luma[None], planes[:2]).clip(0, 1) * 255).astype(np.uint8)
    return rgb.transpose(1, 2, 0), planes[2] == 1


@pytest.mark.parametrize("scale", [1, 7])
def test_every_hinted_pixel_has_the_hinted_color_with_any_model(make_model, taking_hints, camera, scale):
    levels = np.asarray(Image.fromarray(camera).resize((96 * scale, 72 * scale)))
    painting = Image.new("RGBA", (192, 144))
    painting.paste("seagreen", (20, 100, 90, 120))
    hints = POINTS + Hints.from_layer(painting)
    wanted, there = expected(hints, levels)
    assert there.mean() > 0.05
    for model in (make_model(factor=(0.9, -0.7), offset=(-0.4, 0.3)), taking_hints):
        for saturation in (0, 1, 1.5):
            result = Colorizer(model, saturation=saturation).colorize(levels, hints=hints)
            assert deltaE_ciede2000(rgb2lab(result), rgb2lab(wanted))[there].max() < 2
            assert abs(gray(result) - levels).max() <= 1


def test_hints_are_followed_in_files_and_at_16_bit(make_model, camera, tmp_path):
    colors = Colorizer(make_model(offset=(0.1, 0.1)))
    deep = camera.astype(np.uint16) * 257
    wanted, there = expected(POINTS, camera)
    assert abs(colors.colorize(deep, hints=POINTS)[there] / 257 - wanted[there]).max() <= 1
    assert (np.asarray(colors.colorize(Image.fromarray(camera), hints=POINTS))[there] == wanted[there]).all()
    Image.fromarray(camera).save(tmp_path / "in.png")
    colors.colorize_file(tmp_path / "in.png", tmp_path / "out.png", hints=POINTS)
    with Image.open(tmp_path / "out.png") as image:
        assert (np.asarray(image) == colors.colorize(camera, hints=POINTS)).all()
    made = provenance.of(tmp_path / "out.png")
    assert made.hints == POINTS.digest
    assert made.same_settings(replace(colors.provenance, hints=POINTS.digest))
    assert not made.same_settings(colors.provenance)


@settings(max_examples=20)
@given(photographs(np.uint8), any_colorizer)
def test_without_any_hint_all_is_as_if_there_were_no_hints(colorizers, array, index):
    plain = colorizers[index].colorize(array)
    luma = gray(array).clip(0, 255) / 255
    for nothing in (None, Hints(), Hints.from_points([]) + Hints()):
        assert (colorizers[index].colorize(array, hints=nothing) == plain).all()
        assert (colorizers[index].chroma(luma, hints=nothing) == colorizers[index].chroma(luma)).all()


def test_far_from_every_hint_a_model_that_takes_none_paints_as_before(make_model, camera):
    levels = np.asarray(Image.fromarray(camera).resize((800, 600)))
    colors = Colorizer(make_model(factor=(0.9, -0.7), offset=(-0.4, 0.3)))
    plain, hinted = colors.colorize(levels), colors.colorize(levels, hints=Hints.from_points([Point(0, 0, "red")]))
    down, across = np.indices(levels.shape)
    changed = (plain != hinted).any(axis=-1)
    assert changed[:20, :20].all()
    assert not changed[np.hypot(down, across) > 0.63 * 800].any()


def test_the_network_is_told_of_hints_at_the_working_size(taking_hints, camera):
    colors, seen = Colorizer(taking_hints, size=64), []
    colors._model = Spy(colors._model, seen)
    colors.colorize(camera, hints=POINTS)
    (told,) = colors._model.told
    shape = working_shape(*camera.shape, 64, 16)
    assert told.dtype == np.float32
    assert told.shape == (1, 3, *shape)
    assert (told[0] == POINTS.planes(seen[0][0, 0])).all()


def test_a_prepared_photograph_is_painted_with_one_set_of_hints_after_another(make_model, taking_hints, camera):
    luma = camera / 255
    for model in (make_model(factor=(0.4, -0.3)), taking_hints):
        colors = Colorizer(model)
        prepared = colors.prepare(luma, (40, 50))
        for hints in (None, POINTS, POINTS + POINTS, None):
            planes = colors.chroma_and_hinted(prepared, hints=hints)
            assert planes.shape == (3, 40, 50)
            assert (planes == colors.chroma_and_hinted(luma, (40, 50), hints)).all()
            assert (planes[:2] == colors.chroma(prepared, hints=hints)).all()
            assert planes[2].max() == (1 if hints else 0)
            assert abs(planes[:2]).max() <= 0.5


def test_a_preview_shows_what_the_photograph_becomes(make_model, camera):
    levels = np.asarray(Image.fromarray(camera).resize((1600, 1200)))
    colors = Colorizer(make_model(factor=(0.4, -0.3)))
    whole = colors.chroma(levels / 255, hints=POINTS)
    small = colors.chroma(levels / 255, (600, 800), POINTS)
    shrunk = np.stack([np.asarray(Image.fromarray(plane).resize((800, 600), Image.Resampling.BOX)) for plane in whole])
    assert abs(small - shrunk).mean() < 0.005


def test_hints_for_several_photographs_at_once_are_refused(strong, camera, coffee, tmp_path):
    colors = Colorizer(strong)
    with pytest.raises(HintError, match="here are 2 photographs; color them one by one"):
        colors.colorize(np.stack([camera, camera]), hints=POINTS)
    pages = [Image.fromarray(camera)] * 3
    pages[0].save(tmp_path / "pages.tif", save_all=True, append_images=pages[1:])
    with pytest.raises(HintError, match="here are 3 pages"):
        colors.colorize_file(tmp_path / "pages.tif", tmp_path / "out.tif", hints=POINTS)
    assert not (tmp_path / "out.tif").exists()


def test_a_layer_of_another_aspect_is_refused_and_nothing_written(strong, source, tmp_path):
    layer = Hints.from_layer(Image.new("RGBA", (50, 50), "red"))
    with pytest.raises(HintError, match="the layer has 50x50 pixels and the photograph 96x72: another aspect"):
        Colorizer(strong).colorize_file(source, tmp_path / "out.png", hints=layer)
    assert not (tmp_path / "out.png").exists()


def test_threads_share_a_colorizer(make_model, photographs):
    colors = Colorizer(make_model(factor=(0.9, -0.7), offset=(-0.4, 0.3)))
    arrays = [array[: 40 + 3 * i, : 50 + i] for i in range(8) for array in photographs.values()]
    alone = [colors.colorize(array) for array in arrays]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(colors.colorize, arrays))
    for first, second in zip(alone, together, strict=True):
        assert (first == second).all()


def test_threads_write_files_with_one_colorizer(make_model, photographs, tmp_path):
    colors = Colorizer(make_model(factor=(0.9, -0.7), offset=(-0.4, 0.3)))
    for name, array in photographs.items():
        Image.fromarray(array).save(tmp_path / f"{name}.png")
    names = [f"{name}.png" for name in photographs] * 4

    def work(numbered):
        number, name = numbered
        return colors.colorize_file(tmp_path / name, tmp_path / f"out{number}" / name)

    with ThreadPoolExecutor(8) as pool:
        targets = list(pool.map(work, enumerate(names)))
    for target, name in zip(targets, names, strict=True):
        with Image.open(target) as image:
            assert (np.asarray(image) == colors.colorize(photographs[name[:-4]])).all()


def test_nothing_is_kept_between_photographs(make_model, camera, coffee):
    path = make_model(factor=(0.9, -0.7), offset=(-0.4, 0.3))
    colors = Colorizer(path)
    state = vars(colors).copy()
    colors.colorize(coffee)
    assert vars(colors) == state
    assert (colors.colorize(camera) == Colorizer(path).colorize(camera)).all()


def test_a_file_becomes_what_its_array_becomes(strong, source, camera, tmp_path):
    colors = Colorizer(strong)
    target = colors.colorize_file(str(source), str(tmp_path / "new" / "result.png"))
    assert target == tmp_path / "new" / "result.png"
    with Image.open(target) as image:
        assert (np.asarray(image) == colors.colorize(camera)).all()


def test_the_format_follows_from_the_name(strong, source, tmp_path):
    for suffix, kind in ((".jpg", "JPEG"), (".webp", "WEBP"), (".TIF", "TIFF"), (".bmp", "BMP"), (".ppm", "PPM")):
        with Image.open(Colorizer(strong).colorize_file(source, tmp_path / f"result{suffix}")) as image:
            assert image.format == kind


def test_a_target_that_exists_is_kept_unless_asked(strong, source, tmp_path):
    target = tmp_path / "result.png"
    target.write_bytes(b"mine")
    with pytest.raises(PhotoError, match=r"result\.png: exists already"):
        Colorizer(strong).colorize_file(source, target)
    assert target.read_bytes() == b"mine"
    Colorizer(strong).colorize_file(source, target, overwrite=True)
    with Image.open(target) as image:
        assert image.format == "PNG"


@pytest.mark.parametrize("how", ["same", "symlink", "hardlink", "dots"])
def test_the_source_is_never_replaced(strong, source, tmp_path, how):
    target = {"same": source, "dots": tmp_path / "x" / ".." / "old.png"}.get(how, tmp_path / "link.png")
    (tmp_path / "x").mkdir()
    if how == "symlink":
        target.symlink_to(source)
    if how == "hardlink":
        target.hardlink_to(source)
    before = source.read_bytes()
    with pytest.raises(PhotoError, match="the source itself"):
        Colorizer(strong).colorize_file(source, target, overwrite=True)
    assert source.read_bytes() == before


@pytest.mark.parametrize(
    ("source_name", "target_name"), [("x" * 300 + ".png", "a.png"), ("old.png", "x" * 300 + ".png")]
)
def test_names_that_are_too_long_are_told(strong, source, tmp_path, source_name, target_name):
    with pytest.raises(PhotoError, match="too long"):
        Colorizer(strong).colorize_file(tmp_path / source_name, tmp_path / target_name)
    assert list(tmp_path.iterdir()) == [source]


def test_a_missing_source_is_told(strong, tmp_path):
    with pytest.raises(PhotoError, match=r"nowhere\.png: no such file"):
        Colorizer(strong).colorize_file(tmp_path / "nowhere.png", tmp_path / "result.png")


def test_an_opened_model_is_shared(strong, camera):
    opened = load(strong)
    pale, full = (Colorizer(opened, saturation=saturation).colorize(camera) for saturation in (0.1, 1))
    assert (full == Colorizer(strong).colorize(camera)).all()
    assert (pale != full).any()


def test_saturation_scales_what_was_enlarged(camera):
    gray = camera.astype(np.float32) / 255  # larger than a working size of 32, so that there is something to enlarge
    few, more = (Colorizer(saturation=s, size=32).colorize(gray) - gray[..., None] for s in (1 / 256, 1 / 16))
    room = (gray > 0.1) & (gray < 0.9)  # where nothing has to be fitted to the gamut
    assert np.abs(few[room] * 16 - more[room]).max() < 1e-4
    assert np.abs(more[room]).max() > 1e-3


def test_chroma_and_luma_together_are_the_colored_photograph(camera):
    luma, colorizer = camera / np.float32(255), Colorizer(size=64)
    chroma = colorizer.chroma(luma)
    assert (chroma.shape, chroma.dtype) == ((2, *camera.shape), np.float32)
    rgb = np.rint(merge_fitted(luma[None], chroma) * 255).transpose(1, 2, 0)
    assert (rgb == colorizer.colorize(camera)).all()
    assert (chroma == Colorizer(size=64, saturation=0).chroma(luma)).all(), "saturation comes afterwards"


@pytest.mark.parametrize("shape", [(1, 1), (7, 300), (36, 48), (500, 20)])
def test_chroma_comes_at_any_size(make_model, camera, shape):
    chroma = Colorizer(make_model(offset=(-0.25, 0.5))).chroma(camera / np.float32(255), shape)
    assert chroma.shape == (2, *shape)
    assert chroma == pytest.approx(np.broadcast_to(np.reshape([-0.25, 0.5], (2, 1, 1)), chroma.shape), abs=1e-6)


def test_chroma_of_another_size_shows_the_same_colors_in_the_same_places(camera):
    luma, colorizer = camera.astype(np.float64) / 255, Colorizer()
    whole, half = colorizer.chroma(luma), colorizer.chroma(luma, (36, 48))
    means = whole.reshape(2, 36, 2, 48, 2).mean(axis=(2, 4))
    assert abs(half - means).mean() < 0.1 * abs(means).mean()
    assert abs(half[..., ::-1] - means).mean() > abs(half - means).mean()


@pytest.mark.parametrize(
    "luma", [np.zeros((4, 4), np.uint8), np.zeros((1, 4, 4)), np.full((4, 4), 1.5), np.zeros((0, 4))]
)
def test_chroma_of_what_is_no_luma_is_refused(strong, luma):
    with pytest.raises(ValueError, match=r"luma must be|floats must lie|not empty"):
        Colorizer(strong).chroma(luma)


@pytest.mark.parametrize("shape", [(0, 5), (5, -1)])
def test_chroma_of_no_size_is_refused(strong, shape):
    with pytest.raises(ValueError, match="at least 1 pixel"):
        Colorizer(strong).chroma(np.zeros((4, 4)), shape)


class TestAnswers:
    def test_the_first_is_what_colorize_gives_of_every_kind(self, unsure, camera, source):
        colorizer = Colorizer(unsure)
        for picture in (camera, camera / 255, Image.fromarray(camera), source, source.read_bytes()):
            answers = colorizer.answers(picture, 2)
            assert len(answers) == 2
            assert type(answers[0]) is type(colorizer.colorize(picture))
            assert (np.asarray(answers[0]) == np.asarray(colorizer.colorize(picture))).all()
            assert (np.asarray(answers[1]) != np.asarray(answers[0])).any()

    def test_each_is_made_by_hints_that_can_be_had(self, unsure, camera):
        colorizer = Colorizer(unsure)
        known = Hints.from_points([Point(0.1, 0.9, "seagreen")])
        added = colorizer.hints_of_answers(camera / 255, hints=known)
        made = [colorizer.colorize(camera, hints=more + known) for more in added]
        assert len(made) > 1
        assert all(
            (one == other).all() for one, other in zip(made, colorizer.answers(camera, hints=known), strict=True)
        )

    @pytest.mark.parametrize("count", [0, 5])
    def test_a_number_that_cannot_be_is_refused(self, unsure, camera, count):
        with pytest.raises(ValueError, match=f"count must be between 1 and 4, not {count}"):
            Colorizer(unsure).answers(camera, count)


class TestSuggest:
    def test_the_likely_color_comes_first(self, unsure, camera):
        row, column = np.unravel_index(camera.argmax(), camera.shape)
        place = (column + 0.5) / camera.shape[1], (row + 0.5) / camera.shape[0]
        colors = Colorizer(unsure).suggest(camera, *place)
        assert sum(one.probability for one in colors) == pytest.approx(1, abs=1e-4)
        assert colors[0].probability == max(one.probability for one in colors)
        assert all(0 <= level <= 255 for one in colors for level in one.color)

    def test_a_place_outside_is_refused(self, unsure, camera):
        with pytest.raises(HintError, match="must lie in the photograph"):
            Colorizer(unsure).suggest(camera, 1.2, 0.5)

    def test_a_model_without_a_distribution_is_refused(self, strong, camera):
        with pytest.raises(ModelError, match="knows one color a place"):
            Colorizer(strong).suggest(camera, 0.5, 0.5)
