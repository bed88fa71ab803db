"""What the tests of archives share: a folder of photographs, on a disk or in a store in memory, and orders."""

import io
import uuid
from pathlib import Path

import pytest
from PIL import Image

from photochrom.batch.request import Request
from photochrom.bulk.request import BulkRequest, Order
from photochrom.bulk.sources import Sources
from photochrom.bulk.stores import Store


@pytest.fixture
def store():
    """An empty store in memory, which behaves as object stores do."""
    return Store.open(f"memory://{uuid.uuid4().hex}")


@pytest.fixture
def encoded(camera):
    """The bytes of a photograph's file."""

    def encoded(kind="PNG"):
        buffer = io.BytesIO()
        Image.fromarray(camera).save(buffer, kind)
        return buffer.getvalue()

    return encoded


@pytest.fixture
def archive(tmp_path, encoded):
    """A folder with photographs, two of which would become one file, and what else lies about in folders."""
    folder = tmp_path / "scans"
    (folder / "box").mkdir(parents=True)
    for name, kind in {"a.jpg": "JPEG", "b.gif": "GIF", "b.png": "PNG", "box/c.tif": "TIFF", "box/d": "JPEG"}.items():
        (folder / name).write_bytes(encoded(kind))
    (folder / "notes.txt").write_text("found in the attic")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    return folder


@pytest.fixture
def order(strong, tmp_path):
    """What workers are told, for a folder or an address."""

    def order(source, target=None, **how):
        request = BulkRequest(str(source), str(target or tmp_path / "colored"), Request(models=[str(strong)], **how))
        return Order.of(request.how, Sources.open(request).store, Store.open(request.target))

    return order


@pytest.fixture
def files():
    """What is below a folder: paths, sorted."""
    return lambda folder: sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*.*"))
