"""How long the page without a server takes in a browser, as ratios to the command line, measured in one run.

    python benchmarks/browser.py PHOTOGRAPH [--megapixels 12 24] [--repeat 3] [--one-thread]

PHOTOGRAPH is a large one with its own grain; it is brought to each size, in gray. Both have all cores of the machine.
The command line's time is that of its whole process; the browser's is from the click to the file, with the page open.
Each is the least of several. Memory is the peak of the process that holds the page, with nothing before it.
"""

import argparse
import contextlib
import functools
import http.server
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from photochrom.model import cores
from photochrom.web import site

RENDER = """async ([format, repeat]) => {
  const engine = await import(new URL("static/engine.js", location.href));
  const opened = await engine.open(document.querySelector("#files").files[0], null);
  const time = async (work) => {
    const times = [];
    for (let again = 0; again < repeat; again++) {
      const start = performance.now();
      await work();
      times.push((performance.now() - start) / 1000);
    }
    return Math.min(...times);
  };
  const hints = [{ x: 0.5, y: 0.5, color: [178, 34, 34], radius: 0.012 }];
  return [
    await time(() => engine.render(opened, { model: "default", format })),
    await time(() => engine.chroma(opened, { model: "default", draft: true, hints })),
  ];
}"""


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photograph", type=Path)
    parser.add_argument("--megapixels", type=float, nargs="+", default=[12, 24])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--one-thread", action="store_true", help="as where the page cannot be isolated")
    given = parser.parse_args()
    print(f"{cores()} cores\n\n| megapixels | file | command line, s | browser, s | ratio | a click, s | peak, MB |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder, "site")) as url:
        for megapixels in given.megapixels:
            for kind in ("jpeg", "png"):
                source = resized(given.photograph, megapixels, Path(folder, "source.jpg"))
                tool = min(command_line(source, kind) for _ in range(given.repeat))
                browser, click, peak = in_browser(url, source, kind, given.repeat, given.one_thread)
                figures = f"{tool:.2f} | {browser:.2f} | {browser / tool:.2f} | {click:.2f} | {peak:.0f}"
                print(f"| {megapixels:g} | {kind} | {figures} |", flush=True)


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The page at a URL."""
    site.write(folder)

    class Silent(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def resized(photograph: Path, megapixels: float, target: Path) -> Path:
    """A gray JPEG of that many million pixels."""
    with Image.open(photograph) as image:
        factor = (megapixels * 1e6 / (image.width * image.height)) ** 0.5
        size = round(image.width * factor), round(image.height * factor)
        image.convert("L").resize(size, Image.Resampling.BICUBIC).save(target, quality=92)
    return target


def command_line(source: Path, kind: str) -> float:
    """Seconds of `photochrom colorize`."""
    target = source.with_name(f"color.{kind}")
    start = time.perf_counter()
    command = [sys.executable, "-m", "photochrom", "colorize", source, "-o", target, "--overwrite", "-q"]
    subprocess.run(command, check=True)
    return time.perf_counter() - start


def in_browser(url: str, source: Path, kind: str, repeat: int, one_thread: bool) -> tuple[float, float, float]:
    """Seconds of a file and of a click, and the peak memory in MB."""
    path = os.environ.get("PHOTOCHROM_CHROMIUM") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(service_workers="block" if one_thread else "allow")
        page.set_default_timeout(300_000)
        page.goto(url)
        page.wait_for_selector("#models input", state="attached")
        assert page.evaluate("crossOriginIsolated") is not one_thread
        # An input of its own, so that the page does not color the photograph, too.
        page.evaluate("document.querySelector('#files').replaceWith(Object.assign(document.createElement('input'), "
                      "{ id: 'files', type: 'file' }))")  # fmt: skip
        page.set_input_files("#files", source)
        rendered, click = page.evaluate(RENDER, [kind, repeat])
        peak = peak_memory(page)
        browser.close()
    return rendered, click, peak


def peak_memory(page: Page) -> float:
    """The peak of the process of ``page`` and its workers, in MB; that of the largest renderer there is."""
    peaks = [0.0]
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if b"--type=renderer" in (process / "cmdline").read_bytes():
                found = re.search(r"VmHWM:\s+(\d+) kB", (process / "status").read_text())
                peaks.append(int(found[1]) / 1000 if found else 0)
    return max(peaks)


if __name__ == "__main__":
    main()
