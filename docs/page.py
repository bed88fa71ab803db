"""Draws docs/page.jpg and docs/page.webp: the page, and how a click gives a suit its color.

    python docs/page.py docs/page.jpg docs/page.webp

It needs Chromium. The photographs are scikit-image's: `astronaut` (NASA, public domain) and `coffee` (Rachel Michetti,
CC0), turned to gray.
"""

import io
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import uvicorn
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect, sync_playwright
from skimage import data

from photochrom.web.app import create
from photochrom.web.settings import Settings

_SIZE, _SMALL = (1240, 900), (760, 640)  # of the window, for the picture and for the moving one
_STEPS = 9  # of the mouse on its way from one place to another
_MOMENT, _LOOK, _END = 60, 1300, 3000  # milliseconds that a frame is shown
_PATIENCE = 60_000  # milliseconds for whatever the network takes


def main(picture: Path, moving: Path) -> None:
    """Draw the page to the JPEG ``picture`` and to the animated WebP ``moving``."""
    expect.set_options(timeout=_PATIENCE)
    with _page(_SIZE) as page:
        _open(page, "astronaut.jpg", "coffee.jpg")
        page.get_by_role("button", name="Other versions").click()
        expect(page.locator("#versions button").first).to_be_visible()
        page.wait_for_timeout(500)
        _shot(page).convert("RGB").save(picture, quality=88, optimize=True)
    with _page(_SMALL) as page:
        _open(page, "astronaut.jpg")
        film = _filmed(page)
    film.frames[0].save(
        moving, save_all=True, append_images=film.frames[1:], duration=film.milliseconds, loop=0, quality=80, method=4
    )


@dataclass
class _Film:
    """Frames as they are taken of a page, with the mouse drawn in, which pictures of a page lack."""

    page: Page
    at: tuple[float, float]
    frames: list[Image.Image] = field(default_factory=list)
    milliseconds: list[int] = field(default_factory=list)

    def take(self, milliseconds: int) -> None:
        """A frame that is shown so long."""
        frame = _shot(self.page)
        x, y = self.at
        arrow = [(0, 0), (0, 22), (5, 17), (9, 26), (13, 24), (9, 16), (16, 16)]
        ImageDraw.Draw(frame).polygon([(x + dx, y + dy) for dx, dy in arrow], fill="white", outline="black", width=2)
        self.frames.append(frame)
        self.milliseconds.append(milliseconds)

    def go(self, x: float, y: float) -> None:
        """The mouse goes to a place of the screen."""
        start = self.at
        for step in range(1, _STEPS + 1):
            share = (1 - np.cos(np.pi * step / _STEPS)) / 2
            self.at = (start[0] + (x - start[0]) * share, start[1] + (y - start[1]) * share)
            self.page.mouse.move(*self.at)
            self.take(_MOMENT)

    def click(self, milliseconds: int) -> None:
        """A click where the mouse is, and what is to be seen then."""
        self.page.mouse.click(*self.at)
        self.page.wait_for_timeout(1500)
        self.take(milliseconds)


def _filmed(page: Page) -> _Film:
    """A click on the suit, another on the red that the model thinks possible there, and the suit is red."""
    page.get_by_role("slider", name="Before and after").press("Home")
    page.locator(":focus").blur()
    film = _Film(page, (560.0, 600.0))
    film.take(_LOOK)
    film.go(*_middle(page, "#color-tool"))
    film.click(_LOOK // 2)
    frame = page.locator(".frame").bounding_box()
    assert frame
    side = min(frame["width"], frame["height"])
    film.go(frame["x"] + frame["width"] / 2 - 0.2 * side, frame["y"] + frame["height"] / 2 + 0.12 * side)
    film.click(_LOOK)
    film.go(*_middle(page, ".ring .inner button[aria-label^=Red]"))
    film.click(_END)
    return film


def _middle(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).first.bounding_box()
    assert box, selector
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _shot(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot()))


def _open(page: Page, *names: str) -> None:
    """Give the page photographs in gray."""
    files = []
    for name in names:
        content = io.BytesIO()
        Image.fromarray(getattr(data, Path(name).stem)()).convert("L").save(content, "JPEG", quality=95)
        files.append({"name": name, "mimeType": "image/jpeg", "buffer": content.getvalue()})
    page.set_input_files("#files", files)
    expect(page.locator("#count")).to_have_text(f"{len(files)} of {len(files)} colored")


@contextmanager
def _page(size: tuple[int, int]) -> Iterator[Page]:
    """The page in a window of this size, served from here."""
    server = uvicorn.Server(uvicorn.Config(create(Settings()), port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        with sync_playwright() as playwright:
            chromium = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme="light")
            page.goto(f"http://127.0.0.1:{port}/")
            yield page
            browser.close()
    finally:
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
