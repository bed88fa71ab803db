"""How soon the page shows what a click changed: from the click on a color to the picture on the screen.

    python benchmarks/preview.py PHOTOGRAPH [--clicks 25] [--megapixels 12]

PHOTOGRAPH is brought to that size, in gray. The server and a Chromium without a window share the machine, as they do
where somebody runs `photochrom serve` for themselves. Every click adds a point, so that there are more and more. On a
machine that is busy with other things, put `chrt -r 1` in front.
"""

import argparse
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from photochrom.model import cores

# The time from the click to the frame after the stage was drawn with other colors than before. The colors are sampled.
WATCH = """() => {
  const put = CanvasRenderingContext2D.prototype.putImageData;
  let shown = "", clicked = 0;
  const sampled = ({ data }) => Array.from({ length: 997 }, (_, at) => data[Math.floor(at * data.length / 997)]).join();
  window.times = [];
  document.addEventListener("click", (event) => {
    if (event.target.closest(".ring .inner .swatch")) clicked = performance.now();
  }, true);
  CanvasRenderingContext2D.prototype.putImageData = function (image, ...more) {
    put.call(this, image, ...more);
    if (!this.canvas.closest(".stage")) return;
    const now = sampled(image), isNew = now !== shown;
    shown = now;
    if (!isNew || !clicked) return;
    const start = clicked;
    clicked = 0;
    requestAnimationFrame(() => requestAnimationFrame(() => times.push(performance.now() - start)));
  };
}"""


def main() -> None:
    """Measure, and print the median, the 90th percentile and the slowest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photograph", type=Path)
    parser.add_argument("--clicks", type=int, default=25)
    parser.add_argument("--megapixels", type=float, default=12)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving() as url, sync_playwright() as playwright:
        source = Path(folder, "old.jpg")
        with Image.open(given.photograph) as image:
            factor = (given.megapixels * 1e6 / (image.width * image.height)) ** 0.5
            image.convert("L").resize((round(image.width * factor), round(image.height * factor))).save(
                source, quality=95
            )
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(url)
        page.set_input_files("#files", source)
        page.locator(".stage.colored").wait_for(timeout=60_000)
        times = sorted(clicked(page, given.clicks))
        browser.close()
    late, middle = times[int(0.9 * (len(times) - 1))], statistics.median(times)
    print(f"{cores()} cores, {given.megapixels:g} megapixels, {len(times)} clicks: median {middle:.0f} ms, ", end="")
    print(f"90 % within {late:.0f} ms, slowest {times[-1]:.0f} ms")


def clicked(page: Page, clicks: int) -> list[float]:
    """The milliseconds that each of so many clicks took."""
    page.evaluate(WATCH)
    page.locator("#color-tool").click()
    box = page.locator(".frame").bounding_box()
    assert box is not None
    places = random.Random(0)
    while page.evaluate("() => times.length") < clicks:
        before = page.evaluate("() => times.length")
        x, y = box["x"] + box["width"] * places.uniform(0.2, 0.8), box["y"] + box["height"] * places.uniform(0.2, 0.8)
        page.mouse.click(x, y)
        family = page.locator(".ring .outer .swatch").nth(places.randrange(7))
        if not family.is_visible():  # on a point that is there already
            page.keyboard.press("Escape")
            continue
        family.click()
        page.locator(".ring .inner button").first.click()
        page.wait_for_function("(before) => times.length > before", arg=before)
        page.wait_for_timeout(100)
    found: list[float] = page.evaluate("() => times")
    return found


@contextmanager
def serving() -> Iterator[str]:
    """A server of its own; its address."""
    command = [sys.executable, "-m", "photochrom", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        address = re.search(r"http://\S+", server.stdout.readline())
        assert address is not None
        time.sleep(0.2)
        yield address[0]
        server.terminate()


if __name__ == "__main__":
    main()
