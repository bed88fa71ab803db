import numpy as np
from PIL import Image

from photochrom.video import VideoRequest, colorize_films
from photochrom.video.planes import levels


def run(request):
    return colorize_films(request, lambda event, total: None)


def test_a_preview_shows_the_beginning_of_every_shot_before_and_after(write_film, decode, red, tmp_path, moving):
    lumas = [*moving(6), *moving(6, name="astronaut")]
    source = write_film(lumas=lumas, rate=4)
    done = run(VideoRequest([source], tmp_path / "new.mkv", red, preview=1.75))
    assert [path.name for path in done.results] == ["new-preview.mkv"]
    frames, before = decode(tmp_path / "new-preview.mkv"), decode(source)
    assert [(frame.width, frame.height) for frame in frames] == [(320, 90)] * 7
    for frame, number in ((frames[0], 0), (frames[3], 3), (frames[4], 6)):
        left = levels(frame)[:, :160].astype(int)
        assert abs(left - levels(before[number])).mean() < 3
        assert abs(levels(frame, 2)[:, :80].astype(int) - 128).mean() < 2
        assert levels(frame, 2)[:, 80:].mean() > 140
    assert not (tmp_path / "new.mkv").exists()


def test_a_sheet_has_a_row_for_every_shot(write_film, red, tmp_path, moving):
    black = [np.zeros((90, 160), np.uint8)] * 2
    source = write_film(lumas=[*black, *moving(4), *moving(4, name="astronaut")])
    done = run(VideoRequest([source], None, red, sheet=tmp_path / "sheet.png"))
    (page,) = done.sheets
    one_row = 240 + 20 + 8
    with Image.open(page) as image:
        assert 2 * one_row <= image.height < 3 * one_row
    assert not list(tmp_path.glob("*-color.*"))
