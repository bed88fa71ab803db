"""ExifTool reads sources and results: nothing may be lost but what is not true of a result."""

import json
import subprocess

import numpy as np
import pytest
import tifffile
from PIL import Image

from photochrom import Colorizer
from photochrom.photos import metadata, provenance, reading, tiff, writing
from photochrom.photos.ifd import ASCII, LONG, Heap, Structure, Tag
from photochrom.photos.metadata import SourceMetadata
from photochrom.photos.provenance import Provenance
from photochrom.photos.tiff_tags import Blocks

TAGS = [
    "EXIF:Artist=Straße in Köln, © Müller", "EXIF:ImageDescription=Die Brücke", "EXIF:Copyright=© Nadar",
    "EXIF:DateTimeOriginal=1923:01:02 03:04:05", "EXIF:ModifyDate=2001:02:03 04:05:06", "EXIF:UserComment=Hällo",
    "EXIF:LensModel=Petzval", "EXIF:ExposureTime=1/60", "EXIF:XPTitle=Fenêtre", "EXIF:Rating=4", "EXIF:DocumentName=a",
    "EXIF:HostComputer=pc", "EXIF:Software=Scanner 1.0", "EXIF:ColorSpace=Uncalibrated", "EXIF:InteropIndex=R03",
    "EXIF:ExifImageWidth=96", "EXIF:ExifImageHeight=72", "EXIF:Orientation#=6", "GPSLatitude=50.94",
    "GPSLatitudeRef=N", "GPSLongitude=6.96", "GPSLongitudeRef=E", "GPSAltitude=53", "XMP-dc:Title=Tïtle",
    "XMP-dc:Subject=a", "XMP-dc:Subject=b", "XMP-tiff:Orientation#=6", "IPTC:City=Köln", "IPTC:Keywords=eins",
    "IPTC:Keywords=zwei", "Comment=A cömment", "Photoshop:URL=http://a", "PNG:Title=Der Titel", "PNG:Author=Müller",
]  # fmt: skip
# What ExifTool calls what is true of a file alone, of its coding or of its color profile.
OF_THE_FILE = {"SourceFile", "ExifTool", "System", "File", "Composite", "JFIF", "ICC-header", "ICC_Profile", "GIF"}
OF_THE_FILE |= {"RIFF", "QuickTime", "Meta", "AV1Config", "HEVCConfig", "ICC-view", "ICC-meas"}
CODING = (
    "BitDepth", "Bits", "Blue", "Color", "Compression", "Extra", "Fill", "Filter", "Gamma", "Green", "Image",
    "Interlace", "NewSubfile", "Palette", "Photometric", "PixelUnits", "PixelsPer", "Planar", "Predictor", "Profile",
    "Red", "RowsPer", "SRGB", "SampleFormat", "Samples", "Strip", "Subfile", "White",
)  # fmt: skip
CHANGED = {"Orientation", "ColorSpace", "ExifImageWidth", "ExifImageHeight", "InteropIndex", "Software"}
NOT_IN_WEBP = ("IPTC", "Photoshop", "File:Comment", "PNG")


def pictures(folder, camera):
    """Gray photographs in files of every format and depth."""
    gray, deep = Image.fromarray(camera), camera.astype(np.uint16) * 257
    for name in ("a.jpg", "b.png", "c.webp", "d.avif", "e.gif", "f.tif"):
        gray.save(folder / name, **({"lossless": True} if name == "c.webp" else {}))
    gray.save(folder / "g.jpg", dpi=(300, 300))
    gray.save(folder / "h.tif", compression="tiff_lzw", dpi=(200, 200))
    Image.fromarray(deep).save(folder / "i.png")
    tifffile.imwrite(folder / "j.tif", deep, photometric="minisblack", byteorder=">")
    alpha = {"photometric": "minisblack", "extrasamples": ["unassalpha"], "planarconfig": "contig"}
    tifffile.imwrite(folder / "k.tif", np.dstack([deep, deep]), **alpha)
    tifffile.imwrite(folder / "l.tif", camera.astype(np.float32) / 255, photometric="minisblack")


@pytest.fixture
def exiftool(require_program):
    """Run ExifTool."""
    program = require_program("exiftool")

    def run(*words):
        return subprocess.run([program, *map(str, words)], check=True, capture_output=True, text=True).stdout

    return run


@pytest.fixture
def told(exiftool):
    """All that ExifTool tells of files, by their names."""

    def read(*paths):
        found = json.loads(exiftool("-j", "-G1", "-a", "-struct", *paths))
        return {tags["SourceFile"].rpartition("/")[2]: tags for tags in found}

    return read


def lost(before, after, leaving=()):
    """The tags of ``before`` that ``after`` has with another value, or nowhere."""
    values = list(after.values())
    found = {}
    for key, value in before.items():
        group, _, name = key.partition(":")
        if (group in OF_THE_FILE and key != "File:Comment") or name in CHANGED or key.startswith(leaving or "\0"):
            continue
        if name.startswith(CODING) or after.get(key) == value or (key not in after and value in values):
            continue
        found[key] = (value, after.get(key))
    return found


def colored(folder, strong, *suffixes):
    """Color all files of ``folder`` to their own formats, or to others."""
    results = []
    for path in sorted(folder.iterdir()):
        for suffix in suffixes or (".png" if path.suffix == ".gif" else path.suffix,):
            target = folder / "new" / f"{path.stem}{suffix}"
            results.append((path, Colorizer(strong, size=64).colorize_file(path, target)))
    return results


def test_every_format_keeps_all_that_is_true_of_a_result(tmp_path, camera, strong, exiftool, told):
    pictures(tmp_path, camera)
    exiftool("-q", "-m", "-overwrite_original", *(f"-{tag}" for tag in TAGS), tmp_path)
    before = told(tmp_path)
    results = colored(tmp_path, strong)
    after = told(tmp_path / "new")
    assert len(results) == len(before) == 12
    for source, target in results:
        kept = after[target.name]
        assert lost(before[source.name], kept) == {}, source
        assert not any(key.startswith(("ExifTool:Warn", "ExifTool:Err")) for key in kept), kept
        assert kept.get("IFD0:Orientation", "Horizontal (normal)") == "Horizontal (normal)"
        assert kept["XMP-tiff:Orientation"] == "Horizontal (normal)"
        if "ExifIFD:ColorSpace" in before[source.name]:
            assert kept["ExifIFD:ColorSpace"] == "sRGB"
            assert kept["InteropIFD:InteropIndex"].startswith("R98")
            with Image.open(target) as image:
                assert (kept["ExifIFD:ExifImageWidth"], kept["ExifIFD:ExifImageHeight"]) == image.size
            assert kept["IFD0:Software"].startswith("Scanner 1.0; colors guessed by Photochrom")


def test_other_formats_keep_what_they_can_hold(tmp_path, camera, strong, exiftool, told):
    for name in ("a.jpg", "b.png", "f.tif"):
        Image.fromarray(camera).save(tmp_path / name)
    exiftool("-q", "-m", "-overwrite_original", *(f"-{tag}" for tag in TAGS), tmp_path)
    before = told(tmp_path)
    results = colored(tmp_path, strong, ".tiff", ".webp", ".avif", ".jpeg", ".psd")
    told_after = told(tmp_path / "new")
    for source, target in results:
        leaving = NOT_IN_WEBP if target.suffix in {".webp", ".avif"} else ("PNG", "File:Comment")
        gone = lost(
            before[source.name], told_after[target.name], (*leaving, "IFD0:XRes", "IFD0:YRes", "IFD0:ResolutionUnit")
        )
        assert gone == {}, target
    texts = metadata.extract((tmp_path / "new" / "b.jpeg").read_bytes()).comments
    assert set(texts) == {text.encode() for text in ("Title: Der Titel", "Author: Müller", "A cömment")}


def canon(order):
    """EXIF with a MakerNote whose values stand at places that are counted from the start of all EXIF."""
    camera = Structure(order)
    heap = Heap(camera.header(8) + bytes(2 + 3 * 12 + 4))
    place = heap.put(bytes(2 + 2 * 12 + 4))
    texts = [camera.made(6, ASCII, b"Canon EOS 5D type\0", heap), camera.made(9, ASCII, b"Owner Name\0", heap)]
    heap.content[place : place + 30] = camera.pack(texts)
    note = Tag(0x927C, 7, len(heap.content) - place, camera.offset(place))
    folder = Tag(0x8769, LONG, 1, camera.offset(heap.put(camera.pack([note]))))
    tags = [camera.made(0x010F, ASCII, b"Canon\0", heap), camera.made(0x0110, ASCII, b"Canon EOS 5D\0", heap)]
    first = camera.pack([*tags, folder])
    heap.content[8 : 8 + len(first)] = first
    return bytes(heap.content)


@pytest.mark.parametrize("order", ["<", ">"])
def test_what_a_camera_notes_in_its_own_way_stays_readable(tmp_path, camera, strong, told, order):
    for suffix in (".jpg", ".png", ".webp", ".avif"):
        Image.fromarray(camera).save(tmp_path / f"old{suffix[1:]}{suffix}", exif=b"Exif\0\0" + canon(order))
    results = [path for _, path in colored(tmp_path, strong)]
    results.append(Colorizer(strong).colorize_file(tmp_path / "oldjpg.jpg", tmp_path / "new" / "a.tif"))
    results.append(Colorizer(strong).colorize_file(results[-1], tmp_path / "new" / "b.jpg"))
    results.append(Colorizer(strong).colorize_file(tmp_path / "oldjpg.jpg", tmp_path / "new" / "c.psd"))
    results.append(Colorizer(strong).colorize_file(results[-1], tmp_path / "new" / "d.jpg"))
    for name, tags in told(*results).items():
        assert tags["Canon:CanonImageType"] == "Canon EOS 5D type", name
        assert not any(key.startswith("ExifTool:Warn") for key in tags)


def test_a_big_tiff_keeps_everything_both_ways(tmp_path, camera, strong, exiftool, told):
    Image.fromarray(camera).save(tmp_path / "old.jpg", exif=b"Exif\0\0" + canon("<"))
    exiftool("-q", "-m", "-overwrite_original", *(f"-{tag}" for tag in TAGS), tmp_path / "old.jpg")
    keep = reading.read(tmp_path / "old.jpg").metadata
    big = tmp_path / "big.tif"
    tiff.write(big, [(np.dstack([camera] * 3), Blocks(keep.exif, keep.xmp, keep.iptc, keep.photoshop))], big=True)
    Colorizer(strong).colorize_file(big, tmp_path / "small.jpg")
    said = told(tmp_path / "old.jpg", big, tmp_path / "small.jpg")
    assert said["big.tif"]["File:FileType"] == "BTF"
    # The places in GPS and the titles of Windows are those that ExifTool itself does not know in BigTIFF.
    assert said["big.tif"]["Canon:OwnerName"] == "Owner Name"
    assert lost(said["old.jpg"], said["small.jpg"], ("File:Comment",)) == {}


def test_small_pictures_of_the_source_go(tmp_path, camera, strong, exiftool, told):
    path, small = tmp_path / "old.jpg", tmp_path / "small" / "th.jpg"
    small.parent.mkdir()
    Image.fromarray(camera).save(path)
    Image.fromarray(camera[::2, ::2]).save(small)
    options = [f"-ThumbnailImage<={small}", f"-Photoshop:PhotoshopThumbnail<={small}", "-Artist=Nadar"]
    exiftool("-q", "-m", "-overwrite_original", *options, path)
    assert path.read_bytes().count(b"\xff\xd8\xff") == 3
    Colorizer(strong).colorize_file(path, tmp_path / "new.jpg")
    after = told(tmp_path / "new.jpg")["new.jpg"]
    assert (tmp_path / "new.jpg").read_bytes().count(b"\xff\xd8\xff") == 1
    assert after["IFD0:Artist"] == "Nadar"
    assert not [key for key in after if "Thumbnail" in key]


def test_text_of_any_size_is_kept_or_named(tmp_path, camera, strong, exiftool, told):
    text = tmp_path / "text" / "long.txt"
    text.parent.mkdir()
    text.write_text("Nadar " * 30_000)
    Image.fromarray(camera).save(tmp_path / "old.png")
    long = [f"-{tag}<={text}" for tag in ("XMP-dc:Description", "IPTC:Caption-Abstract", "EXIF:UserComment")]
    exiftool("-q", "-m", "-overwrite_original", *long, "-EXIF:Artist=Nadar", tmp_path / "old.png")
    notes = []
    for suffix in (".png", ".tif", ".jpg"):
        target = tmp_path / f"new{suffix}"
        Colorizer(strong).colorize_file(tmp_path / "old.png", target, on_note=notes.append)
    said = told(*(tmp_path / name for name in ("old.png", "new.png", "new.tif", "new.jpg")))
    assert lost(said["old.png"], said["new.png"]) == lost(said["old.png"], said["new.tif"]) == {}
    assert set(lost(said["old.png"], said["new.jpg"])) == {"ExifIFD:UserComment"}
    assert notes == [f"{tmp_path / 'new.jpg'}: JPEG holds no more than 64 KB of EXIF: left out UserComment"]


def test_each_page_keeps_its_own(tmp_path, camera, strong):
    with tifffile.TiffWriter(tmp_path / "old.tif", byteorder=">") as file:
        for number in range(1, 4):
            tags = {"description": f"page {number}", "resolution": (100 * number, 100 * number), "resolutionunit": 2}
            file.write(camera[number:], photometric="minisblack", metadata=None, software=f"scan {number}", **tags)
    target = Colorizer(strong).colorize_file(tmp_path / "old.tif", tmp_path / "new.tif")
    with tifffile.TiffFile(target) as file:
        assert len(file.pages) == 3
        for number, page in enumerate(file.pages, 1):
            assert page.description == f"page {number}"
            assert page.software.startswith(f"scan {number}; colors guessed by Photochrom")
            assert page.tags["XResolution"].value == (100 * number, 1)
            assert page.shape == (72 - number, 96, 3)


EVERYTHING = SourceMetadata(
    exif=b"II*\0\x08\0\0\0\0\0\0\0\0\0",
    xmp=b"<x:xmpmeta/>",
    iptc=b"\x1c\x02\x05\x00\x05Title",
    photoshop=b"8BIM\x04\x0a\0\0\0\0\0\x01\x01\0",
    comments=(b"One",),
    chunks=((b"tEXt", b"Title\0Two"), (b"vpAg", b"x")),
    segments=(b"\xff\xec\0\x05abc",),
)
TIFF_LACKS = "TIFF cannot hold its comments, application segments, texts, other chunks"
WEBP_LACKS = "WEBP cannot hold its IPTC, Photoshop's resources, comments, application segments, texts, other chunks"
PPM_LACKS = "PPM cannot hold its EXIF, XMP, IPTC, Photoshop's resources, application segments, other chunks"


@pytest.mark.parametrize(
    ("suffix", "lacks"),
    [
        (".jpg", "JPEG cannot hold its other chunks"),
        (".png", "PNG cannot hold its application segments"),
        (".tif", TIFF_LACKS),
        (".webp", WEBP_LACKS),
        (".ppm", PPM_LACKS),
    ],
)
def test_what_a_format_cannot_hold_is_told(tmp_path, camera, suffix, lacks):
    photo = reading.Photo(None, metadata=EVERYTHING)
    notes = writing.write(tmp_path / f"new{suffix}", np.dstack([camera] * 3), photo, Provenance(model="test"))
    assert notes == (lacks,)


def test_the_colorizer_passes_on_what_is_told(tmp_path, camera, strong):
    Image.fromarray(camera).save(tmp_path / "old.jpg", comment=b"One")
    notes = []
    Colorizer(strong).colorize_file(tmp_path / "old.jpg", tmp_path / "new.jpg", on_note=notes.append)
    Colorizer(strong).colorize_file(tmp_path / "old.jpg", tmp_path / "new.webp", on_note=notes.append)
    assert notes == [f"{tmp_path / 'new.webp'}: WEBP cannot hold its comments"]


def test_a_ppm_holds_comments_as_far_as_readers_look_for_its_numbers(tmp_path, camera):
    keep = SourceMetadata(comments=(b"One\nline", b"a" * 2900), chunks=((b"tEXt", b"Title\0" + b"b" * 200),))
    photo, path = reading.Photo(None, metadata=keep), tmp_path / "new.ppm"
    notes = writing.write(path, np.dstack([camera] * 3), photo, Provenance(model="test"))
    assert notes == ("PPM holds no more than 3000 bytes of comments",)
    assert metadata.extract(path.read_bytes()).comments[1:] == (b"One line", b"a" * 2900)
    assert provenance.of(path) == Provenance(model="test")
    assert reading.read(path).luma.shape == (1, 72, 96)
