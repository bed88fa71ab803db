"""The page as a folder of static files, for any web host: the network runs in the visitor's browser.

It is the same page that `photochrom.web.app` serves, with the engine ``static/engines/browser.js`` in the place of
``static/engines/server.js``, the model files as they are, and a service worker, by which it works offline.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from photochrom import targets
from photochrom.errors import PhotochromError, UsageError
from photochrom.model import DEFAULT, Model, load
from photochrom.model_files import at_hand
from photochrom.photos.icc import srgb
from photochrom.version import __version__
from photochrom.web.access_control import ISOLATION
from photochrom.web.model_cache import Card, card
from photochrom.web.settings import Settings

_STATIC = Path(__file__).with_name("static")
_RUNTIME = "static/onnxruntime/ort-wasm-simd-threaded.wasm.gz"
_SERVICE_WORKER = "service_worker.js"
_SERVER_ONLY = ("docs.html", "docs.js", "server.js", "server", _SERVICE_WORKER)  # the last one becomes another
_SUFFIXES = (".jpg", ".jpeg", ".jfif", ".png", ".webp", ".avif", ".gif", ".bmp")  # what browsers decode
_WITHOUT_FILMS = (
    "films are not colored in the browser; the command photochrom video colors them, and so does the page of "
    "photochrom serve"
)
_MOST_BYTES = 256_000_000  # of a photograph's file
_HEADERS = ISOLATION | {
    "Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "connect-src 'self'; style-src 'self'; img-src 'self' blob: data:; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True)
class Site:
    """What was written: how many files and bytes, and how many of these bytes a visitor downloads, once."""

    files: int
    bytes: int
    download: int


def write(out: Path, models: Sequence[str] = (DEFAULT,)) -> Site:
    """Write the page with ``models``, names or ``.onnx`` files, to the new or empty folder ``out``: whole or not.

    The page chooses the first model. Raises `UsageError` for a folder that holds anything, for models that cannot be
    used, and where the package has no ONNX Runtime for browsers; `PhotochromError` where the folder cannot be written.
    """
    targets.refuse_filled(out)
    if not (_STATIC.parent / _RUNTIME).is_file():
        raise UsageError("this checkout lacks ONNX Runtime for browsers; run `make onnxruntime-web`, which needs npm")
    opened = _open(models)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        # Built under a hidden name, so that ``out`` is there whole or not at all.
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".photochrom-") as folder:
            built = Path(folder, "site")
            _build(built, opened)
            sizes = {path.relative_to(built).as_posix(): path.stat().st_size for path in _files(built)}
            if out.exists():
                out.rmdir()  # it is empty
            built.rename(out)
    except OSError as error:
        raise PhotochromError(f"{out}: cannot be written ({error.strerror or error}); nothing was kept") from error
    first = next(iter(opened))
    return Site(len(sizes), sum(sizes.values()), sizes[_RUNTIME] + sizes[_model_file(first)])


def _open(models: Sequence[str]) -> dict[Path, Model]:
    """The files of ``models``, each opened, which checks it. Raises `UsageError`."""
    known, opened = at_hand(), dict[Path, Model]()
    for name in models:
        path = known.get(name, Path(name))
        if any(path.stem == other.stem and path != other for other in opened):
            raise UsageError(f"{path}: another model is called {path.stem}, too; name one of them differently")
        opened[path] = load(name)
    return opened


def _build(built: Path, opened: Mapping[Path, Model]) -> None:
    shutil.copytree(_STATIC, built / "static", ignore=shutil.ignore_patterns(*_SERVER_ONLY))
    (built / "static" / "engine.js").write_text('export * from "./engines/browser.js";\n', encoding="utf-8")
    (built / "static" / "srgb.icc").write_bytes(srgb())
    (built / "models").mkdir()
    for path in opened:
        shutil.copyfile(path, built / _model_file(path))
    (built / "about.json").write_text(json.dumps(_about(opened), indent=1), encoding="utf-8")
    (built / "index.html").write_text(_page((built / "static" / "index.html").read_text("utf-8")), encoding="utf-8")
    (built / "static" / "index.html").unlink()
    (built / "manifest.webmanifest").write_text(json.dumps(_manifest(), indent=1), encoding="utf-8")
    (built / "_headers").write_text(
        "".join(["/*\n", *(f"  {name}: {value}\n" for name, value in _HEADERS.items())]), encoding="utf-8"
    )
    script = (_STATIC / _SERVICE_WORKER).read_text(encoding="utf-8")
    (built / _SERVICE_WORKER).write_text(_constants(built) + script, encoding="utf-8")


def _model_file(path: Path) -> str:
    return f"models/{path.name}"


def _about(opened: Mapping[Path, Model]) -> dict[str, object]:
    """What the engine tells the page, as the server's does, and what it needs itself."""
    cards: list[dict[str, object]] = []
    for path, model in opened.items():
        told: Card = card(path.stem, path, model.metadata)
        file = {"file": _model_file(path), "bytes": path.stat().st_size, "metadata": asdict(model.metadata)}
        cards.append(told.model_dump() | file)
    return {
        "version": __version__,
        "runtime": {"file": _RUNTIME, "bytes": (_STATIC.parent / _RUNTIME).stat().st_size},
        "models": cards,
        "limits": {"bytes": _MOST_BYTES, "pixels": Settings().max_pixels, "films": None},
        "suffixes": _SUFFIXES,
        "formats": ["jpeg", "png"],
        "films_problem": _WITHOUT_FILMS,
    }


def _page(html: str) -> str:
    """The page as it stands without a server, which would send the policy as a header."""
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{_HEADERS["Content-Security-Policy"]}">\n'
        '  <link rel="manifest" href="manifest.webmanifest">\n'
        '  <link rel="apple-touch-icon" href="static/icon-192.png">\n  '
    )
    html = html.replace('data-engine="server"', 'data-engine="browser"')
    return html.replace('<meta name="viewport"', f'{head}<meta name="viewport"')


def _manifest() -> dict[str, object]:
    """What lets the page be installed as an app (W3C, Web Application Manifest)."""
    icons: list[dict[str, str]] = [
        {"src": f"static/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"}
        for size in (192, 512)
    ]
    return {
        "name": "Photochrom",
        "short_name": "Photochrom",
        "description": "Black-and-white photographs in color, on this device",
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": "#f4efe6",
        "theme_color": "#f4efe6",
        "icons": [*icons, {"src": "static/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }


def _constants(built: Path) -> str:
    """What the service worker knows: a digest of each file, which are large, and headers that hosts leave out."""
    found = {path.relative_to(built).as_posix(): path for path in _files(built)}
    digests = {
        name: hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        for name, path in sorted(found.items())
        if path.suffix not in ("", ".txt", ".md")
    }
    large = [name for name in digests if name == _RUNTIME or name.startswith("models/")]
    constants = {"FILES": digests, "LARGE": large, "HEADERS": _HEADERS}
    return "".join(f"const {name} = {json.dumps(value, indent=1)};\n" for name, value in constants.items()) + "\n"


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
