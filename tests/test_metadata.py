from PIL import Image

from photochrom import metadata

SOFTWARE, ARTIST, ORIENTATION = 0x0131, 0x013B, 0x0112


def picture(**tags):
    image = Image.new("L", (4, 4))
    for name, value in tags.items():
        image.getexif()[globals()[name]] = value
    return image


def read(exif_bytes):
    exif = Image.Exif()
    exif.load(exif_bytes)
    return exif


def test_people_stay_and_the_layout_goes():
    image = picture(ARTIST="Nadar", ORIENTATION=6)
    assert dict(read(metadata.kept(image)["exif"])) == {ARTIST: "Nadar"}
    assert image.getexif()[ORIENTATION] == 6, "the picture itself must not change"


def test_senseless_resolutions_go():
    for dpi, expected in (((300, 300), (300.0, 300.0)), ((0, 0), None), ((-1, 72), None), ((1e9, 72), None)):
        image = picture()
        image.info["dpi"] = dpi
        assert metadata.kept(image).get("dpi") == expected


def test_the_note_is_added_to_the_programs_and_only_once():
    exif = metadata.with_note(picture(SOFTWARE="Scanner 1.0").getexif().tobytes(), "default")
    assert exif[SOFTWARE].startswith("Scanner 1.0; colors guessed by Photochrom ")
    assert exif[SOFTWARE].endswith(", model default")
    again = metadata.with_note(exif.tobytes(), "other")
    assert again[SOFTWARE].count("Photochrom") == 1
    assert again[SOFTWARE].endswith(", model other")


def test_a_marked_picture_is_known():
    image = picture()
    assert not metadata.has_note(image)
    image.getexif()[SOFTWARE] = metadata.note()
    assert metadata.has_note(image)
