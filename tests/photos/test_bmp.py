import io

import numpy as np
import pytest
from PIL import Image

from photochrom.photos import bmp, provenance
from photochrom.photos.provenance import Provenance


@pytest.mark.parametrize("note", [Provenance(model="default", size=256), Provenance(model="Straße")])
def test_the_note_is_read_again_and_the_pixels_are_what_they_were(tmp_path, coffee, note):
    image = Image.fromarray(coffee)
    bmp.write(tmp_path / "new.bmp", image, note.note(), (300, 200))
    content = (tmp_path / "new.bmp").read_bytes()
    assert provenance.of(content) == note
    assert int.from_bytes(content[2:6], "little") == len(content)
    assert int.from_bytes(content[10:14], "little") % 4 == 2, "pixels begin as far from a multiple of 4 as before"
    assert bmp.resolution(content) == pytest.approx((300, 200), abs=0.1)
    with Image.open(io.BytesIO(content)) as read:
        assert (np.asarray(read) == coffee).all()


def test_other_files_have_no_note(coffee):
    buffer = io.BytesIO()
    Image.fromarray(coffee).save(buffer, "BMP")
    assert bmp.note(buffer.getvalue()) == ""
    assert bmp.note(b"BM") == ""
    assert bmp.resolution(b"BM") is None
