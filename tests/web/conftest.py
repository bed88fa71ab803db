"""What the tests of the server share: an application with the models at hand, and real photographs as uploads."""

import io
import os
import threading
from dataclasses import replace

import av
import numpy as np
import pytest
import uvicorn
from PIL import Image
from starlette.testclient import TestClient

from photochrom.web.app import create
from photochrom.web.settings import Settings

PATIENCE = 60_000  # milliseconds that a page may take: no speed is tested here


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
def make_film(photographs):
    """Make a small film as a file: a photograph over which the camera moves, as H.264 in MP4."""

    def make(count=8, height=90, width=160, rate=25):
        side = (width + 2 * count, height + 2 * count)
        whole = np.asarray(Image.fromarray(photographs["coffee"]).convert("L").resize(side))
        file = io.BytesIO()
        with av.open(file, "w", format="mp4") as out:
            stream = out.add_stream("libx264", rate=rate, options={"preset": "ultrafast"})
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            for step in range(0, 2 * count, 2):
                gray = whole[step : step + height, step : step + width]
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(gray), format="gray")
                out.mux(stream.encode(frame.reformat(format="yuv420p")))
            out.mux(stream.encode(None))
        return file.getvalue()

    return make


@pytest.fixture(scope="session")
def encode():
    return encoded


@pytest.fixture(scope="module")
def serve(chromium):
    """Run an application in a thread; only asked for where there is a browser."""
    running = []

    def start(**changes):
        server = uvicorn.Server(
            uvicorn.Config(create(Settings(max_bytes=1_000_000, **changes)), log_config=None, port=0)
        )
        thread = threading.Thread(target=server.run)
        running.append((server, thread))
        thread.start()
        while not server.started:
            thread.join(0.05)
            assert thread.is_alive()
        return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def url(serve, strong):
    before = os.environ.get("PHOTOCHROM_MODELS")
    os.environ["PHOTOCHROM_MODELS"] = str(strong.parent)
    yield serve()
    os.environ.pop("PHOTOCHROM_MODELS")
    if before is not None:
        os.environ["PHOTOCHROM_MODELS"] = before


@pytest.fixture
def open_page(chromium, url):
    """Open the page; when the test is over, nothing may have broken its security policy or gone wrong in its code."""
    from playwright.sync_api import expect

    expect.set_options(timeout=PATIENCE)
    contexts, complaints = [], []

    def opener(path="", width=1200, height=800, at=None, **options):
        context = chromium.new_context(viewport={"width": width, "height": height}, accept_downloads=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Security Policy" in said.text else None)
        page.goto((at or url) + path)
        return page

    yield opener
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def page(open_page):
    return open_page()


@pytest.fixture(scope="session")
def choose():
    """Give the page files, as (name, content)."""

    def choose(page, *uploads):
        kinds = {
            "jpg": "image/jpeg", "png": "image/png", "tif": "image/tiff", "gif": "image/gif", "txt": "text/plain",
            "mp4": "video/mp4",
        }  # fmt: skip
        page.set_input_files(
            "#files", [{"name": name, "mimeType": kinds[name[-3:]], "buffer": content} for name, content in uploads]
        )

    return choose


def encoded(array, kind, **options):
    file = io.BytesIO()
    Image.fromarray(array).save(file, kind, **options)
    return file.getvalue()
