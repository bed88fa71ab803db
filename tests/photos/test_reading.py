import os
import struct
import sys
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from photochrom import Colorizer
from photochrom.batch.finding import find
from photochrom.color import rgb_to_luma
from photochrom.errors import NotAPhotoError, PhotoError, TooLargeError
from photochrom.photos import formats, provenance, reading, writing
from photochrom.photos.icc import srgb
from photochrom.photos.provenance import Provenance
from photochrom.photos.reading import Photo, ReadOptions

LOSSLESS = (".png", ".webp", ".tif", ".tiff", ".bmp", ".ppm")
ORIENTATION, SOFTWARE, DESCRIPTION, CAMERA_PART, PLACE = 0x0112, 0x0131, 0x010E, 0x8769, 0x8825


def luma_of(image):
    """The luma of a Pillow picture as Pillow converts it: (H, W) in levels."""
    rgb = np.asarray(image.convert("RGB"), dtype=np.float32).transpose(2, 0, 1)
    return rgb_to_luma(rgb)[0]


def levels(photo):
    """The luma of a `Photo`: (H, W) in levels."""
    assert photo.luma.dtype == np.float32
    assert photo.luma.ndim == 3
    return photo.luma[0] * 255


def rgb_like(photo):
    """Some colors for a photo: uint8 (H, W, 3)."""
    gray = np.rint(levels(photo)).astype(np.uint8)
    return np.stack([gray, 255 - gray, gray // 2], axis=-1)


def leftovers(folder):
    return [path for path in folder.rglob("*") if "photochrom" in path.name or path.suffix == ".part"]


def problem(path):
    """What is said of the file at ``path`` that cannot be read: one line that begins with its name."""
    with pytest.raises(PhotoError) as caught:
        reading.read(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message


class TestRead:
    @pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".tiff", ".pgm", ".pnm", ".gif", ".webp"])
    def test_lossless_gray_is_read_as_it_is(self, tmp_path, camera, suffix):
        path = tmp_path / f"old{suffix}"
        kind = "PPM" if suffix == ".pnm" else Image.registered_extensions()[suffix]
        Image.fromarray(camera).save(path, kind, lossless=True)
        photo = reading.read(path)
        assert photo.luma.shape == (1, *camera.shape)
        assert levels(photo) == pytest.approx(camera.astype(np.float32), abs=0.01)
        assert photo.alpha is None

    @pytest.mark.parametrize("suffix", [".jpg", ".jpeg", ".JPG"])
    def test_jpeg_is_read_as_it_is(self, tmp_path, camera, suffix):
        path = tmp_path / f"old{suffix}"
        Image.fromarray(camera).save(path, "JPEG")
        with Image.open(path) as image:
            assert levels(reading.read(path)) == pytest.approx(np.asarray(image, dtype=np.float32), abs=0.01)

    @pytest.mark.parametrize(
        ("mode", "suffix"),
        [
            ("1", ".png"),
            ("1", ".tif"),
            ("1", ".pbm"),
            ("P", ".png"),
            ("P", ".gif"),
            ("P", ".bmp"),
            ("RGB", ".png"),
            ("RGB", ".jpg"),
            ("RGB", ".ppm"),
            ("RGB", ".webp"),
            ("CMYK", ".jpg"),
            ("CMYK", ".tif"),
            ("YCbCr", ".jpg"),
        ],
    )
    def test_every_mode_is_reduced_to_luma(self, tmp_path, coffee, mode, suffix):
        path = tmp_path / f"old{suffix}"
        Image.fromarray(coffee).convert(mode).save(path)
        with Image.open(path) as image:
            assert levels(reading.read(path)) == pytest.approx(luma_of(image), abs=0.01)
            assert reading.read_rgb(path) == pytest.approx(np.asarray(image.convert("RGB")).transpose(2, 0, 1))
            assert (reading.inspect(path).read_levels() == reading.read_rgb(path).transpose(1, 2, 0)).all()

    @pytest.mark.parametrize("suffix", [".png", ".tif", ".pgm"])
    def test_16_bit_is_neither_clipped_nor_rounded(self, tmp_path, camera, suffix):
        deep = camera.astype(np.uint16) * 256 + np.arange(camera.shape[1], dtype=np.uint16)
        path = tmp_path / f"deep{suffix}"
        if suffix == ".pgm":
            header = f"P5 {deep.shape[1]} {deep.shape[0]} 65535\n".encode()
            path.write_bytes(header + deep.astype(">u2").tobytes())
        else:
            Image.fromarray(deep).save(path)
        assert reading.read(path).luma[0] == pytest.approx(deep / 65535, abs=1e-6)
        assert reading.read_rgb(path)[1] == pytest.approx(deep / 257, abs=0.51)
        assert (reading.inspect(path).read_levels() == deep[..., None]).all()

    def test_a_dark_16_bit_picture_stays_dark(self, tmp_path):
        Image.fromarray(np.full((4, 4), 200, np.uint16)).save(tmp_path / "night.png")
        assert reading.read(tmp_path / "night.png").luma == pytest.approx(200 / 65535)

    @pytest.mark.parametrize(("mode", "suffix"), [("LA", ".png"), ("RGBA", ".png"), ("RGBA", ".webp"), ("LA", ".tif")])
    def test_alpha_is_kept(self, tmp_path, camera, mode, suffix):
        image = Image.fromarray(camera).convert(mode)
        alpha = np.tile(np.linspace(0, 255, camera.shape[1]).astype(np.uint8), (camera.shape[0], 1))
        image.putalpha(Image.fromarray(alpha))
        image.save(tmp_path / f"old{suffix}", lossless=True, exact=True)
        photo = reading.read(tmp_path / f"old{suffix}")
        assert (photo.alpha == alpha).all()
        # What lies under transparent pixels counts, too.
        assert levels(photo) == pytest.approx(camera.astype(np.float32), abs=0.01)

    @pytest.mark.parametrize("transparency", [3, bytes(range(256))])
    def test_the_transparency_of_a_palette_is_alpha(self, tmp_path, camera, transparency):
        image = Image.fromarray(camera).convert("P")
        image.save(tmp_path / "old.png", transparency=transparency)
        photo = reading.read(tmp_path / "old.png")
        expected = np.where(camera == 3, 0, 255) if transparency == 3 else camera
        assert (photo.alpha == expected).all()
        assert levels(photo) == pytest.approx(camera.astype(np.float32), abs=0.01)

    def test_a_transparent_gray_level_is_alpha(self, tmp_path, camera):
        level = int(camera[0, 0])
        Image.fromarray(camera).save(tmp_path / "old.png", transparency=level)
        assert (reading.read(tmp_path / "old.png").alpha == np.where(camera == level, 0, 255)).all()

    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_a_picture_is_turned_upright_once(self, tmp_path, camera, orientation, suffix):
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        options = {"compression": "tiff_lzw"} if suffix == ".tif" else {"lossless": True, "quality": 100}
        Image.fromarray(camera).save(tmp_path / f"old{suffix}", exif=exif, **options)
        upright = np.asarray(ImageOps.exif_transpose(with_orientation(camera, orientation)), dtype=np.float32)
        photo = reading.read(tmp_path / f"old{suffix}")
        assert photo.luma.shape[1:] == upright.shape
        assert abs(levels(photo) - upright).mean() < 1
        assert reading.read_rgb(tmp_path / f"old{suffix}").shape[1:] == upright.shape
        # The result must not be turned again.
        writing.write(tmp_path / f"new{suffix}", rgb_like(photo), photo, Provenance(model="test"))
        with Image.open(tmp_path / f"new{suffix}") as image:
            assert image.size == upright.shape[::-1]
            assert image.getexif().get(ORIENTATION, 1) == 1

    @pytest.mark.parametrize("mode", ["L", "LA", "I;16"])
    def test_a_gray_profile_is_honored(self, tmp_path, profiles, mode):
        ramp = np.tile(np.arange(256, dtype=np.uint8), (2, 1))
        image = Image.fromarray(ramp.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(ramp).convert(mode)
        image.save(tmp_path / "linear.png", icc_profile=profiles["gray"])
        linear = ramp / 255
        srgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
        assert levels(reading.read(tmp_path / "linear.png")) == pytest.approx(srgb * 255, abs=0.6)
        assert reading.read_rgb(tmp_path / "linear.png")[2] == pytest.approx(srgb * 255, abs=0.6)

    def test_a_wide_profile_is_honored(self, tmp_path, profiles):
        wide = np.array([0.7, 0.45, 0.3])
        Image.new("RGB", (4, 4), tuple(np.rint(wide * 255).astype(int))).save(
            tmp_path / "wide.png", icc_profile=profiles["wide"]
        )
        # Linear Display P3 to linear sRGB.
        matrix = [[1.2249, -0.2247, 0], [-0.0420, 1.0419, 0], [-0.0197, -0.0786, 1.0979]]
        srgb = 1.055 * (matrix @ wide**2.2) ** (1 / 2.4) - 0.055
        assert reading.read_rgb(tmp_path / "wide.png")[:, 0, 0] == pytest.approx(srgb * 255, abs=2)
        luma = levels(reading.read(tmp_path / "wide.png"))
        assert luma == pytest.approx(srgb @ [0.299, 0.587, 0.114] * 255, abs=2)

    @pytest.mark.parametrize("kind", ["broken", "of another mode", "srgb"])
    def test_a_profile_that_says_nothing_changes_nothing(self, tmp_path, profiles, camera, kind):
        profile = {
            "broken": b"no profile at all",
            "of another mode": profiles["wide"],
            "srgb": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        }[kind]
        Image.fromarray(camera).save(tmp_path / "old.png", icc_profile=profile)
        assert levels(reading.read(tmp_path / "old.png")) == pytest.approx(camera.astype(np.float32), abs=0.01)

    @pytest.mark.parametrize("mode", ["La", "RGBa"])
    def test_a_picture_of_premultiplied_alpha_is_read_as_one_of_plain_alpha(self, camera, mode):
        plain = Image.fromarray(camera).convert("LA" if mode == "La" else "RGBA")
        photo = reading.from_image(plain.convert(mode))
        assert levels(photo) == pytest.approx(camera, abs=0.1)
        assert (photo.alpha == 255).all()
        assert reading.rgb_from_image(plain.convert(mode)) == pytest.approx(camera[None].repeat(3, axis=0), abs=1)

    def test_names_may_be_long_and_strange(self, tmp_path, camera):
        path = tmp_path / "Großmutter & Opa" / ("写真 1923 (Kopie) [2] %20 'n' " + "é" * 50 + ".PNG")
        path.parent.mkdir()
        Image.fromarray(camera).save(path)
        photo = reading.read(path)
        target = path.with_name("n" * 251 + ".png")
        writing.write(target, rgb_like(photo), photo, Provenance(model="test"))
        assert target.exists()


def with_orientation(array, orientation):
    image = Image.fromarray(array)
    image.getexif()[ORIENTATION] = orientation
    return image


class TestBadFiles:
    def test_a_missing_file(self, tmp_path):
        assert "no such file" in problem(tmp_path / "nowhere.jpg")

    def test_a_folder(self, tmp_path):
        (tmp_path / "folder.jpg").mkdir()
        assert "is a folder" in problem(tmp_path / "folder.jpg")

    def test_an_empty_file(self, tmp_path):
        (tmp_path / "empty.jpg").touch()
        assert "an empty file" in problem(tmp_path / "empty.jpg")

    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".gif", ".ppm", ".bmp"])
    def test_text(self, tmp_path, suffix):
        (tmp_path / f"text{suffix}").write_text("Dear diary,\n" * 100)
        assert "not a picture" in problem(tmp_path / f"text{suffix}")

    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".bmp", ".pgm"])
    @pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
    def test_a_file_cut_short(self, tmp_path, camera, suffix, share):
        whole, cut = tmp_path / f"whole{suffix}", tmp_path / f"cut{suffix}"
        Image.fromarray(camera).save(whole)
        cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * share)])
        problem(cut)

    def test_a_file_that_may_not_be_read(self, source, monkeypatch):
        def refuse(*_, **__):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
        assert "not permitted" in problem(source)

    @pytest.mark.parametrize("side", [13_400, 30_000, 60_000])
    def test_a_bomb(self, tmp_path, side):
        # 13,400 squared is below Pillow's own limit.
        (tmp_path / "bomb.png").write_bytes(png_header(side, side))
        assert "178 million pixels" in problem(tmp_path / "bomb.png")

    def test_the_limit_on_pixels(self, source, camera):
        assert reading.read(source, ReadOptions(camera.size)).luma.size == camera.size
        for reader in (reading.read, reading.read_rgb):
            with pytest.raises(PhotoError, match="pixels"):
                reader(source, ReadOptions(camera.size - 1))

    @pytest.mark.parametrize("value", [0, 7, 255])
    def test_damage_anywhere_is_told_or_survived(self, tmp_path, camera, value):
        exif = Image.Exif()
        exif[DESCRIPTION] = "a man with a camera"
        exif[CAMERA_PART] = {0x9003: "1923:01:01 00:00:00"}
        path = tmp_path / "damaged.jpg"
        Image.fromarray(camera).resize((16, 16)).save(path, exif=exif.tobytes(), dpi=(300, 300))
        whole = path.read_bytes()
        read = 0
        for position in range(value % 3, len(whole), 3):
            path.write_bytes(whole[:position] + bytes([value]) + whole[position + 1 :])
            try:
                photo = reading.read(path, ReadOptions(1_000_000))
            except PhotoError as error:
                assert str(error).startswith(f"{path}: ")  # noqa: PT017
            else:
                read += 1
                writing.write(tmp_path / "new.png", rgb_like(photo), photo, Provenance(model="test"), overwrite=True)
            provenance.of(path)
        assert len(whole) / 12 < read < len(whole) / 3

    def test_warnings_of_damage_are_not_shown(self, tmp_path, camera):
        path = tmp_path / "damaged.jpg"
        Image.fromarray(camera).save(path, exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x00")
        with warnings.catch_warnings(record=True) as shown:
            warnings.simplefilter("always")
            reading.read(path)
            provenance.of(path)
        assert not shown


def png_header(width, height):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


class TestWrite:
    @pytest.mark.parametrize("suffix", LOSSLESS)
    def test_lossless_formats_are_lossless(self, tmp_path, source, suffix):
        photo = reading.read(source)
        rgb = rgb_like(photo)
        writing.write(tmp_path / f"new{suffix}", rgb, photo, Provenance(model="test"))
        with Image.open(tmp_path / f"new{suffix}") as image:
            assert image.mode == "RGB"
            assert (np.asarray(image) == rgb).all()

    @pytest.mark.parametrize("suffix", [".jpg", ".jpeg"])
    def test_jpeg_is_fine_and_keeps_all_its_chroma(self, tmp_path, source, suffix):
        photo = reading.read(source)
        rgb = np.stack([np.rint(levels(photo)).astype(np.uint8)] * 3, axis=-1)
        rgb[:, ::2, 0] ^= 32  # color that changes from column to column
        writing.write(tmp_path / f"new{suffix}", rgb, photo, Provenance(model="test"))
        with Image.open(tmp_path / f"new{suffix}") as image:
            assert abs(np.asarray(image).astype(int) - rgb).mean() < 2

    @pytest.mark.parametrize("suffix", [".png", ".webp", ".tif", ".tiff"])
    def test_alpha_is_written_where_it_can_be(self, tmp_path, camera, suffix):
        alpha = np.where(camera < 100, 0, camera)  # what cannot be seen is kept, too
        photo = Photo(camera[None].astype(np.float32) / 255, alpha=alpha)
        rgb = rgb_like(photo)
        writing.write(tmp_path / f"new{suffix}", rgb, photo, Provenance(model="test"))
        with Image.open(tmp_path / f"new{suffix}") as image:
            assert (np.asarray(image.convert("RGBA")) == np.dstack([rgb, alpha])).all()

    @pytest.mark.parametrize("suffix", [".jpg", ".bmp", ".ppm"])
    def test_alpha_is_dropped_elsewhere(self, tmp_path, camera, suffix):
        photo = Photo(camera[None].astype(np.float32) / 255, alpha=camera)
        writing.write(tmp_path / f"new{suffix}", rgb_like(photo), photo, Provenance(model="test"))
        with Image.open(tmp_path / f"new{suffix}") as image:
            assert image.mode == "RGB"

    @pytest.mark.parametrize("before", [".jpg", ".png", ".webp", ".tif"])
    @pytest.mark.parametrize("after", [".jpg", ".png", ".webp", ".tif"])
    def test_what_a_camera_and_people_say_is_kept(self, tmp_path, camera, before, after):
        exif = Image.Exif()
        exif[DESCRIPTION] = "a man with a camera"
        exif[SOFTWARE] = "Darkroom 2"
        exif[ORIENTATION] = 1
        exif[CAMERA_PART] = {0x9003: "1923:01:01 00:00:00"}
        exif[PLACE] = {1: "N", 2: (42.0, 21.0, 35.0)}
        Image.fromarray(camera).save(tmp_path / f"old{before}", exif=exif.tobytes())
        photo = reading.read(tmp_path / f"old{before}")
        writing.write(tmp_path / f"new{after}", rgb_like(photo), photo, Provenance(model="test"))
        with Image.open(tmp_path / f"new{after}") as image:
            image.load()
            kept = image.getexif()
            assert kept[DESCRIPTION] == "a man with a camera"
            assert kept[SOFTWARE].startswith("Darkroom 2; colors guessed by Photochrom")
            assert kept.get_ifd(CAMERA_PART)[0x9003] == "1923:01:01 00:00:00"
            assert kept.get_ifd(PLACE)[2] == (42.0, 21.0, 35.0)

    @pytest.mark.parametrize("after", [".jpg", ".png", ".webp", ".tif", ".bmp", ".ppm"])
    @pytest.mark.parametrize(
        ("mode", "options"),
        [
            ("1", {"compression": "group4"}),
            ("L", {"compression": "tiff_lzw", "tiffinfo": {317: 2}}),
            ("P", {}),
            ("LA", {}),
            ("CMYK", {"compression": "tiff_deflate"}),
            ("I;16", {}),
        ],
    )
    def test_how_a_tiff_stored_its_pixels_is_not_kept(self, tmp_path, camera, profiles, mode, options, after):
        image = (
            Image.fromarray(camera.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(camera).convert(mode)
        )
        image.save(tmp_path / "old.tif", **options)
        photo = reading.read(tmp_path / "old.tif")
        rgb = rgb_like(photo)
        writing.write(tmp_path / f"new{after}", rgb, photo, Provenance(model="test"))
        with Image.open(tmp_path / f"new{after}") as result:
            assert abs(np.asarray(result.convert("RGB")).astype(int) - rgb).max() <= (12 if after == ".jpg" else 0)

    @pytest.mark.parametrize("before", [".tif", ".png", ".jpg", ".webp"])
    def test_results_are_tagged_as_srgb_whatever_the_profile_was(self, tmp_path, camera, profiles, before):
        Image.fromarray(camera).convert("RGB").save(tmp_path / f"old{before}", icc_profile=profiles["wide"])
        photo = reading.read(tmp_path / f"old{before}")
        writing.write(tmp_path / f"new{before}", rgb_like(photo), photo, Provenance(model="test"))
        with Image.open(tmp_path / f"new{before}") as image:
            assert image.info["icc_profile"] == srgb()

    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".bmp"])
    def test_dpi_is_kept(self, tmp_path, camera, suffix):
        Image.fromarray(camera).save(tmp_path / f"old{suffix}", dpi=(300, 300))
        photo = reading.read(tmp_path / f"old{suffix}")
        writing.write(tmp_path / f"new{suffix}", rgb_like(photo), photo, Provenance(model="test"))
        with Image.open(tmp_path / f"new{suffix}") as image:
            assert [float(value) for value in image.info["dpi"]] == pytest.approx([300, 300], abs=0.1)

    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".bmp"])
    @pytest.mark.parametrize("dpi", [(float("nan"), 300), (0, 0), (1e6, 1e6), (-1, 72)])
    def test_dpi_that_makes_no_sense_is_dropped(self, tmp_path, camera, suffix, dpi):
        image = Image.fromarray(camera)
        image.info["dpi"] = dpi
        photo = reading.from_image(image)
        writing.write(tmp_path / f"new{suffix}", rgb_like(photo), photo, Provenance(model="test"))
        assert (tmp_path / f"new{suffix}").exists()

    @pytest.mark.parametrize("name", ["new.gif", "new.pgm", "new.txt", "new", "new.jp2"])
    def test_other_formats_are_refused(self, tmp_path, source, name):
        photo = reading.read(source)
        with pytest.raises(PhotoError, match=r"name it with one of .*\.png"):
            writing.write(tmp_path / name, rgb_like(photo), photo, Provenance(model="test"))
        assert list(tmp_path.iterdir()) == [source]

    def test_folders_are_made(self, tmp_path, source):
        photo = reading.read(source)
        writing.write(tmp_path / "a" / "b" / "new.png", rgb_like(photo), photo, Provenance(model="test"))
        assert (tmp_path / "a" / "b" / "new.png").exists()

    def test_a_folder_that_cannot_be_made_is_told(self, source):
        photo = reading.read(source)
        with pytest.raises(PhotoError, match="cannot be written"):
            writing.write(source / "new.png", rgb_like(photo), photo, Provenance(model="test"))

    def test_a_picture_too_large_for_its_format_is_told(self, tmp_path):
        photo = Photo(np.zeros((1, 2, 70_000), np.float32))
        for suffix in (".jpg", ".webp"):
            with pytest.raises(PhotoError, match="cannot be written"):
                writing.write(tmp_path / f"new{suffix}", rgb_like(photo), photo, Provenance(model="test"))
        assert not list(tmp_path.iterdir())


class TestFileSafety:
    @pytest.fixture
    def job(self, tmp_path, source):
        photo = reading.read(source)
        return tmp_path / "new.png", rgb_like(photo), photo, Provenance(model="test")

    @pytest.mark.parametrize(
        "error", [OSError(28, "No space left on device"), ValueError("broken"), KeyboardInterrupt()]
    )
    @pytest.mark.parametrize("overwrite", [False, True])
    def test_a_failed_write_leaves_nothing(self, tmp_path, source, job, monkeypatch, error, overwrite):
        def fail(self, file, **_):
            file.write(b"half")
            raise error

        if overwrite:
            job[0].write_bytes(b"mine")
        before = {path: path.read_bytes() for path in tmp_path.iterdir()}
        monkeypatch.setattr(Image.Image, "save", fail)
        with pytest.raises(KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else PhotoError):
            writing.write(*job, overwrite=overwrite)
        assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before

    def test_a_half_written_result_has_no_name_yet(self, tmp_path, job, monkeypatch):
        save, seen = Image.Image.save, []

        def look(self, path, **options):
            save(self, path, **options)
            seen.extend(find(tmp_path))

        monkeypatch.setattr(Image.Image, "save", look)
        writing.write(*job)
        assert seen == [tmp_path / "old.png"]
        assert sorted(tmp_path.iterdir()) == [tmp_path / "new.png", tmp_path / "old.png"]

    def test_nothing_is_replaced_unless_asked(self, tmp_path, job):
        job[0].write_bytes(b"mine")
        with pytest.raises(PhotoError, match=r"new\.png: exists already; `overwrite` replaces it"):
            writing.write(*job)
        assert job[0].read_bytes() == b"mine"
        assert not leftovers(tmp_path)
        writing.write(*job, overwrite=True)
        assert provenance.of(job[0])

    @pytest.mark.parametrize("links", [True, False])
    def test_a_file_that_appears_in_between_is_kept(self, tmp_path, job, monkeypatch, links):
        save = Image.Image.save

        def be_late(self, path, **options):
            save(self, path, **options)
            job[0].write_bytes(b"somebody else's")

        monkeypatch.setattr(Image.Image, "save", be_late)
        if not links:
            monkeypatch.setattr(os, "link", cannot_link)
        with pytest.raises(PhotoError, match="exists already"):
            writing.write(*job)
        assert job[0].read_bytes() == b"somebody else's"
        assert not leftovers(tmp_path)

    def test_file_systems_without_links_will_do(self, tmp_path, job, monkeypatch):
        monkeypatch.setattr(os, "link", cannot_link)
        writing.write(*job)
        assert provenance.of(job[0])
        assert not leftovers(tmp_path)

    def test_a_link_to_nowhere_is_kept(self, tmp_path, job):
        job[0].symlink_to(tmp_path / "nowhere.png")
        with pytest.raises(PhotoError, match="exists already"):
            writing.write(*job)
        assert job[0].is_symlink()
        assert not (tmp_path / "nowhere.png").exists()


def cannot_link(*_):
    raise PermissionError(1, "Operation not permitted")


class TestOpening:
    @pytest.fixture
    def opened(self, monkeypatch):
        """The names of all files that are opened."""
        names = []
        sys.addaudithook(lambda event, given: event == "open" and names.append(str(given[0])))
        return names

    @pytest.mark.parametrize("kind", ["gray.jpg", "deep.png", "deep.tif", "pages.tif", "deep.pgm", "gray.webp"])
    def test_a_file_is_opened_once(self, tmp_path, camera, strong, opened, kind):
        path = tmp_path / kind
        deep = camera.astype(np.uint16) * 257
        if kind == "pages.tif":
            Image.fromarray(camera).save(path, save_all=True, append_images=[Image.fromarray(camera)] * 2)
        elif kind == "deep.pgm":
            path.write_bytes(b"P5 %d %d 65535\n" % camera.shape[::-1] + deep.astype(">u2").tobytes())
        else:
            Image.fromarray(deep if kind.startswith("deep") else camera).save(path)
        before = opened.count(str(path))
        target = tmp_path / f"new{path.suffix if path.suffix != '.pgm' else '.ppm'}"
        Colorizer(strong).colorize_file(path, target)
        assert opened.count(str(path)) == before + 1

    def test_what_is_inspected_is_read_as_often_as_wanted(self, source, camera):
        file = reading.inspect(source)
        content = source.read_bytes()
        source.unlink()
        assert (file.read().luma == reading.read(content).luma).all()
        assert (file.read_rgb() == reading.read_rgb(content)).all()
        assert (file.format, file.path, len(file.pages)) == (formats.PNG, source, 1)
        assert (file.pages[0].width, file.pages[0].height, file.pages[0].gray) == (96, 72, True)

    def test_bytes_have_a_name_in_messages(self):
        with pytest.raises(NotAPhotoError, match=r"^the upload: not a picture"):
            reading.inspect(b"hello", name="the upload")
        with pytest.raises(TooLargeError, match=r"^the photograph: has more than 178 million"):
            reading.inspect(png_header(60_000, 60_000))

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
    def test_a_pipe_is_refused_where_it_would_wait_for_ever(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.jpg")
        assert "not a regular file" in problem(tmp_path / "pipe.jpg")

    def test_a_page_alone_is_read_as_if_the_file_held_no_other(self, camera, tmp_path):
        other = Image.fromarray(camera[:, :40])
        Image.fromarray(camera).save(tmp_path / "old.tif", save_all=True, append_images=[other])
        whole = reading.inspect(tmp_path / "old.tif")
        second = whole.only(1)
        assert len(second.pages) == 1
        assert (second.read().luma == whole.read(1).luma).all()
        with pytest.raises(PhotoError, match="has 2 pages, and no page 3"):
            whole.only(2)
