"""What the tests of the server share: an application with the models at hand, and real photographs as uploads."""

import io
from dataclasses import replace

import pytest
from PIL import Image
from starlette.testclient import TestClient

from photochrom.web.app import create
from photochrom.web.settings import Settings


@pytest.fixture(scope="session")
def settings():
    return Settings(workers=1, queue=4, max_bytes=2_000_000, max_pixels=1_000_000, seconds=60)


@pytest.fixture
def open_client(settings):
    """Open clients of new applications, with other settings."""
    opened = []

    def opener(**changes):
        client = TestClient(create(replace(settings, **changes)), base_url="http://localhost:8000")
        opened.append(client.__enter__())
        return client

    yield opener
    for client in opened:
        client.__exit__()


@pytest.fixture(scope="session")
def client(settings):
    """One client for all tests that change nothing, so that the model is opened once."""
    with TestClient(create(settings), base_url="http://localhost:8000") as opened:
        yield opened


@pytest.fixture(scope="session")
def jpeg(camera):
    """A black-and-white photograph with a date and a resolution, as a JPEG file."""
    exif = Image.Exif()
    exif[0x0132] = "1924:05:06 07:08:09"
    return encoded(camera, "JPEG", quality=95, exif=exif.tobytes(), dpi=(300, 300))


@pytest.fixture(scope="session")
def encode():
    return encoded


def encoded(array, kind, **options):
    file = io.BytesIO()
    Image.fromarray(array).save(file, kind, **options)
    return file.getvalue()
