import asyncio
import io
import json
import re
import struct
import threading
import zlib
from urllib.parse import unquote

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from photochrom import Hints, in_memory
from photochrom.batch.request import Request
from photochrom.batch.running import colorize_paths
from photochrom.color import fit_gamut, merge, rgb_to_chroma, rgb_to_luma
from photochrom.colorizer import Colorizer
from photochrom.web import rendering
from photochrom.web.app import create

POSTS = ("colorize", "chroma", "preview")


def post(client, content, route="colorize", name="old.jpg", **options):
    return client.post(f"/api/v1/{route}", files={"file": (name, content)}, data=options)


def picture(response):
    assert response.status_code == 200, response.text
    return Image.open(io.BytesIO(response.content))


@pytest.mark.parametrize(
    ("options", "name"), [({}, "new.jpg"), ({"format": "png", "saturation": 1.5, "warmth": -0.5}, "new.png")]
)
def test_a_result_is_the_file_that_the_command_line_writes(client, tmp_path, jpeg, options, name):
    response = post(client, jpeg, **options)
    (tmp_path / "old.jpg").write_bytes(jpeg)
    colorizer = Colorizer(saturation=options.get("saturation", 1), warmth=options.get("warmth", 0))
    assert response.content == colorizer.colorize_file(tmp_path / "old.jpg", tmp_path / name).read_bytes()
    assert response.headers["x-photochrom-model"] == "default"
    assert "work;dur=" in response.headers["server-timing"]
    assert response.headers["content-disposition"] == f"attachment; filename*=UTF-8''old-color{name[3:]}"


def test_metadata_is_kept(client, jpeg):
    result = picture(post(client, jpeg, format="png"))
    assert result.getexif()[0x0132] == "1924:05:06 07:08:09"
    assert result.info["dpi"] == pytest.approx((300, 300), abs=0.1)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "WEBP", "GIF", "PPM"])
def test_other_kinds_become_png(client, camera, encode, kind):
    response = post(client, encode(camera, kind), name=f"old.{kind.lower()}")
    assert picture(response).format == "PNG"
    assert response.headers["content-type"] == "image/png"


def test_a_file_of_several_pages_is_answered_page_by_page(client, camera, encode):
    pages = encode(camera, "TIFF", save_all=True, append_images=[Image.fromarray(camera[:, ::-1])])
    whole = post(client, pages, name="old.tif")
    assert picture(whole).n_frames == 2
    assert whole.headers["content-type"] == "image/tiff"
    second = post(client, pages, name="old.tif", page=2, format="jpeg")
    assert picture(second).format == "JPEG"
    assert second.headers["content-disposition"].endswith("old-page-2-color.jpg")
    for response in (whole, second, post(client, pages, "chroma", page=2), post(client, pages, "preview", page=2)):
        assert response.headers["x-photochrom-pages"] == "2"
    assert post(client, pages, format="png").status_code == 422
    assert post(client, pages, page=3).status_code == post(client, pages, page=0).status_code == 422


def test_what_a_format_cannot_hold_is_noted(client, camera, encode):
    moving = encode(camera, "GIF", save_all=True, append_images=[Image.fromarray(camera[:, ::-1])])
    first = post(client, moving, name="old.gif", format="jpeg")
    assert picture(first).format == "JPEG"
    assert unquote(first.headers["x-photochrom-notes"]).startswith("only the first of its 2 frames is colored")
    whole = post(client, moving, name="old.gif")
    assert picture(whole).n_frames == 2
    assert "x-photochrom-notes" not in whole.headers


def damaged_strip(camera, encode, compression):
    """A TIFF whose second half of compressed pixels is broken."""
    content = bytearray(encode(camera > 127 if compression == "group4" else camera, "TIFF", compression=compression))
    with Image.open(io.BytesIO(content)) as image:
        (start,), (length,) = image.tag_v2[273], image.tag_v2[279]
    content[start + length // 2 : start + length] = bytes(length - length // 2)
    return bytes(content)


def damaged_uploads(jpeg, camera, encode):
    """Pictures that break off or go wrong halfway, of several kinds."""
    yield jpeg[: len(jpeg) * 3 // 4]
    png = encode(camera, "PNG")
    yield png[: len(png) // 2]
    for compression in ("group4", "jpeg", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        yield damaged_strip(camera, encode, compression)


@pytest.mark.parametrize("route", POSTS)
def test_a_damaged_photograph_between_two_others_gets_no_answer_made_of_them(
    client, jpeg, camera, coffee, encode, route
):
    others = [encode(coffee, "PNG"), encode(255 - camera, "TIFF", compression="tiff_lzw")]
    for damaged in damaged_uploads(jpeg, camera, encode):
        answers = []
        for other in others:  # their pixels are what the next decoder finds in its memory
            assert post(client, other, route).status_code == 200
            answers.append(post(client, damaged, route))
        assert [answer.status_code for answer in answers] == [422, 422]
        assert answers[0].json() == answers[1].json()
        assert "damaged" in answers[0].json()["detail"]


def test_chroma_is_what_the_colorizer_blends(client, camera, encode):
    levels = np.asarray(picture(post(client, encode(camera, "PNG"), "chroma")), np.float32)
    chroma = (levels[..., :2].transpose(2, 0, 1) - 128) / 254
    luma = camera[None].astype(np.float32) / 255
    blended = merge(luma, fit_gamut(luma, chroma)).transpose(1, 2, 0)
    expected = Colorizer().colorize(Image.fromarray(camera))
    assert np.abs(blended * 255 - np.asarray(expected, np.float32)).max() < 2


def test_preview_is_the_luma(client, coffee, encode):
    shown = picture(post(client, encode(coffee, "TIFF"), "preview"))
    assert shown.mode == "L"
    luma = rgb_to_luma(coffee.transpose(2, 0, 1) / 255)[0] * 255
    assert np.abs(np.asarray(shown, np.float32) - luma).mean() < 1.5


def test_models_have_cards_and_limits(client, settings):
    told = client.get("/api/v1/models").json()
    card = told["models"][0]
    assert card["name"] == "default"
    assert "Flickr" in card["training_set"]
    assert "# default" in card["about"]
    assert (told["limits"]["bytes"], told["limits"]["pixels"]) == (settings.max_bytes, settings.max_pixels)
    assert {".jpg", ".tif", ".png"} <= set(told["suffixes"])
    assert told["formats"] == ["png", "jpeg", "tiff", "psd", "ora"]


def test_a_broken_model_or_card_is_named_and_the_others_go_on(client, monkeypatch, tmp_path, jpeg, strong):
    (tmp_path / "broken.onnx").write_bytes(b"nothing")
    (tmp_path / "mine.onnx").write_bytes(strong.read_bytes())
    (tmp_path / "mine.md").write_bytes("von Müller".encode("latin-1"))
    monkeypatch.setenv("PHOTOCHROM_MODELS", str(tmp_path))
    cards = {card["name"]: card for card in client.get("/api/v1/models").json()["models"]}
    assert cards["broken"]["problem"]
    assert str(tmp_path) not in cards["broken"]["problem"]
    assert cards["mine"]["about"] == "von M\ufffdller"
    assert post(client, jpeg, model="broken").status_code == 422
    assert post(client, jpeg).status_code == 200


@pytest.mark.parametrize("route", POSTS)
@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        (lambda jpeg: b"", 415),
        (lambda jpeg: b"no picture at all", 415),
        (lambda jpeg: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", 415),
        (lambda jpeg: jpeg[: len(jpeg) // 2], 422),
    ],
    ids=["empty", "text", "postscript", "truncated"],
)
def test_what_is_no_whole_picture_is_refused_in_one_line(client, jpeg, route, spoil, status):
    response = post(client, spoil(jpeg), route)
    assert response.status_code == status
    detail = response.json()["detail"]
    assert "\n" not in detail
    assert "/" not in detail


@pytest.mark.parametrize("route", POSTS)
@pytest.mark.parametrize("side", [1001, 40_000])  # beyond our limit, and beyond Pillow's own
def test_a_decompression_bomb_is_refused(client, route, side, encode):
    small = encode(np.zeros((8, 8), np.uint8), "PNG")
    head = b"IHDR" + struct.pack(">II", side, side) + small[24:29]
    bomb = small[:12] + head + struct.pack(">I", zlib.crc32(head)) + small[33:]
    response = post(client, bomb, route)
    assert response.status_code == 413
    assert "1 million pixels" in response.json()["detail"]


def test_what_jpeg_cannot_hold_is_refused_as_jpeg_alone(client, encode):
    panorama = encode(np.zeros((2, 66_000), np.uint8), "PNG")
    assert post(client, panorama, format="jpeg").status_code == 422
    assert picture(post(client, panorama)).size == (66_000, 2)


@pytest.mark.parametrize(
    "options",
    [
        {"model": "../default"}, {"model": "/etc/passwd"}, {"size": "31"}, {"size": "1025"}, {"saturation": "-1"},
        {"saturation": "nan"}, {"warmth": "1.5"}, {"format": "gif"}, {"sise": "64"}, {"model": ["default", "default"]},
    ],
)  # fmt: skip
def test_options_that_make_no_sense_are_refused(client, jpeg, options):
    response = client.post("/api/v1/colorize", files={"file": ("old.jpg", jpeg)}, data=options)
    assert response.status_code == 422
    assert "\n" not in response.json()["detail"]


class TestHints:
    GREEN = json.dumps({"version": 1, "hints": [{"x": 0.5, "y": 0.5, "color": "green", "radius": 0.1}]})

    def test_a_result_with_hints_is_the_file_that_the_command_line_writes(self, client, tmp_path, jpeg):
        response = post(client, jpeg, hints=self.GREEN)
        (tmp_path / "old.jpg").write_bytes(jpeg)
        hints = Hints.from_json(self.GREEN)
        written = Colorizer().colorize_file(tmp_path / "old.jpg", tmp_path / "new.jpg", hints=hints).read_bytes()
        assert response.content == written
        assert hints.digest.encode() in written

    def test_the_json_may_be_sent_as_a_file(self, client, jpeg):
        files = {"file": ("old.jpg", jpeg), "hints": ("old.hints.json", self.GREEN)}
        as_file = client.post("/api/v1/colorize", files=files)
        assert as_file.content == post(client, jpeg, hints=self.GREEN).content
        files["hints"] = ("old.hints.json", f"{self.GREEN}{' ' * 1_000_000}")
        refused = client.post("/api/v1/colorize", files=files)
        assert refused.status_code == 422
        assert "more than 1 MB" in refused.json()["detail"]

    def test_chroma_is_by_hints_too(self, client, camera, encode):
        levels = np.asarray(picture(post(client, encode(camera, "PNG"), "chroma", hints=self.GREEN)))
        assert (levels[36, 48, :2] < 118).all()  # green lacks both blue and red
        assert levels[36, 48, 2] == 255, "hinted"
        plain = np.asarray(picture(post(client, encode(camera, "PNG"), "chroma")))
        assert not (plain[36, 48, :2] < 118).all()
        assert not plain[..., 2].any()

    def test_a_layer_is_a_file_beside_the_photograph(self, client, camera, encode):
        green = np.zeros((*camera.shape, 4), np.uint8)
        green[20:50, 30:60] = (0, 128, 0, 255)
        files = {"file": ("old.png", encode(camera, "PNG")), "layer": ("layer.png", encode(green, "PNG"))}
        red, green, blue = picture(client.post("/api/v1/colorize", files=files)).getpixel((45, 35))
        assert green > max(red, blue)
        files["layer"] = ("layer.png", encode(np.zeros((50, 50, 4), np.uint8), "PNG"))
        refused = client.post("/api/v1/colorize", files=files)
        assert refused.status_code == 422
        assert refused.json()["detail"].startswith("hints: the layer has 50x50 pixels")

    @pytest.mark.parametrize(
        ("hints", "problem"),
        [
            ("{", "hints: Invalid JSON"),
            ("[]", "hints: Input should be a valid dictionary"),
            ('{"version": 2, "hints": []}', "hints.version: Input should be 1"),
            ('{"version": 1}', "hints.hints: Field required"),
            ('{"version": 1, "hints": [], "more": 1}', "hints.more: Extra inputs"),
            ('{"version": 1, "hints": [{"x": 1.5, "y": 0, "color": "red"}]}', "hints.hints.0.x: .* equal to 1"),
            ('{"version": 1, "hints": [{"x": NaN, "y": 0, "color": "red"}]}', "hints.hints.0.x: "),
            ('{"version": 1, "hints": [{"x": "0.5", "y": 0, "color": "red"}]}', "hints.hints.0.x: .* valid number"),
            ('{"version": 1, "hints": [{"x": 0, "y": 0, "color": "blurple"}]}', "hints: 'blurple' is no color"),
            ('{"version": 1, "hints": [{"x": 0, "y": 0, "color": [0, 0, 256]}]}', "hints.hints.0.color"),
            ('{"version": 1, "hints": [{"layer": "AAAA"}]}', "hints.hints.0"),
            (
                json.dumps({"version": 1, "hints": [{"x": 0, "y": 0, "color": "red"}] * 1001}),
                "hints.hints: .* at most 1000 items",
            ),
            (
                json.dumps({"version": 1, "hints": [{"x": 0, "y": 0, "color": "red", "radius": 0.8}] * 2}),
                "hints: .* the points together are too large",
            ),
        ],
    )
    @pytest.mark.parametrize("route", ["colorize", "chroma"])
    def test_hints_that_make_no_sense_are_refused_in_one_line(self, client, jpeg, route, hints, problem):
        response = post(client, jpeg, route, hints=hints)
        assert response.status_code == 422
        assert re.match(problem, response.json()["detail"])
        assert "\n" not in response.json()["detail"]

    def test_hints_for_several_pages_at_once_are_refused_and_for_one_of_them_obeyed(self, client, camera, encode):
        pages = encode(camera, "TIFF", save_all=True, append_images=[Image.fromarray(camera[:, ::-1])])
        refused = post(client, pages, name="old.tif", hints=self.GREEN)
        assert refused.status_code == 422
        assert "2 pages" in refused.json()["detail"]
        red, green, blue = picture(post(client, pages, name="old.tif", page=2, hints=self.GREEN)).getpixel((48, 36))
        assert green > max(red, blue)

    def test_a_reference_lends_its_colors(self, client, coffee, encode):
        gray = np.rint(coffee @ [0.299, 0.587, 0.114]).astype(np.uint8)
        files = {"file": ("old.png", encode(gray, "PNG")), "reference": ("new.png", encode(coffee, "PNG"))}
        levels = np.asarray(picture(client.post("/api/v1/chroma", files=files))).astype(float)
        assert levels[..., 2].mean() > 240, "hinted"
        true = rgb_to_chroma(coffee.transpose(2, 0, 1) / 255)
        lent = (levels[..., :2].transpose(2, 0, 1) - 128) / 254
        assert abs(lent - true).mean() < abs(true).mean() / 3

    def test_a_result_with_a_reference_is_the_file_that_the_command_line_writes(self, client, tmp_path, coffee, encode):
        gray = np.rint(coffee @ [0.299, 0.587, 0.114]).astype(np.uint8)
        (tmp_path / "old.png").write_bytes(encode(gray, "PNG"))
        (tmp_path / "new.jpg").write_bytes(encode(coffee, "JPEG"))
        (tmp_path / "old.hints.json").write_text(self.GREEN)
        files = {"file": (tmp_path / "old.png").read_bytes(), "reference": (tmp_path / "new.jpg").read_bytes()}
        response = client.post("/api/v1/colorize", files=files, data={"hints": self.GREEN})
        request = Request(
            [tmp_path / "old.png"], tmp_path / "color.png", hints=tmp_path / "old.hints.json",
            references=[tmp_path / "new.jpg"],
        )  # fmt: skip
        assert colorize_paths(request, lambda *_: None).results
        assert response.content == (tmp_path / "color.png").read_bytes()

    def test_photograph_and_layer_together_are_limited(self, client, settings, jpeg):
        files = {"file": ("old.jpg", jpeg), "layer": ("layer.png", bytes(settings.max_bytes - len(jpeg) + 1))}
        assert client.post("/api/v1/colorize", files=files).status_code == 413

    def test_the_document_describes_hints_with_an_example(self, client):
        document = client.get("/openapi.json").json()
        schemas = document["components"]["schemas"]
        field = schemas["Body_colorize_api_v1_colorize_post"]["properties"]["hints"]
        assert {"$ref": "#/components/schemas/HintSet"} in [choice.get("contentSchema") for choice in field["anyOf"]]
        assert Hints.from_json(json.dumps(schemas["HintSet"]["example"]))
        assert set(schemas["HintPoint"]["properties"]) == {"x", "y", "color", "radius"}


def test_options_in_the_query_are_refused_not_ignored(client, jpeg):
    response = client.post("/api/v1/colorize?format=png", files={"file": ("old.jpg", jpeg)})
    assert response.status_code == 422


def test_work_that_takes_too_long_keeps_its_place_until_it_ends(open_client, monkeypatch, jpeg):
    client = open_client(workers=1, queue=0, seconds=0.3)
    end = threading.Event()
    monkeypatch.setattr(rendering, "preview", lambda *_: end.wait(30))
    for expected in ("took longer", "busy"):
        response = post(client, jpeg, "preview")
        assert response.status_code == 503
        assert int(response.headers["retry-after"]) > 0
        assert expected in response.json()["detail"]
    end.set()


@pytest.mark.parametrize("route", ["colorize", "preview"])
def test_a_damaged_upload_is_told_nothing_of_the_ones_around_it(client, camera, coffee, encode, route):
    before, after = encode(coffee, "JPEG"), encode(255 - camera, "JPEG")
    alone = [post(client, upload, route).content for upload in (before, after)]
    fax = encode(camera > 128, "TIFF", compression="group4")
    jpeg_in_tiff = encode(coffee, "TIFF", compression="jpeg")
    scan = jpeg_in_tiff.index(b"\xff\xda")
    for damaged in (
        fax[:60] + b"\x55\0\x13" * 20 + fax[120:],
        jpeg_in_tiff[: scan + 60] + b"\xff\xd9" + jpeg_in_tiff[scan + 62 :],
        before[: len(before) // 2] + b"\xff\xd9",
    ):
        assert post(client, before, route).content == alone[0]
        told = post(client, damaged, route)
        assert told.status_code == 422
        assert told.json()["detail"].startswith("damaged or cut short")
        assert post(client, after, route).content == alone[1]


def test_results_are_gone_afterwards(client, monkeypatch, tmp_path, jpeg):
    monkeypatch.setattr(in_memory, "_MEMORY", tmp_path)
    seen = []
    colorize_file = Colorizer.colorize_file

    def watched(self, source, target, **options):
        seen.extend(tmp_path.iterdir())
        return colorize_file(self, source, target, **options)

    monkeypatch.setattr(Colorizer, "colorize_file", watched)
    assert post(client, jpeg).status_code == 200
    assert post(client, jpeg[:1000]).status_code == 422
    assert len(seen) == 2
    assert not list(tmp_path.iterdir())


def test_a_failure_of_ours_is_told_in_the_same_form(settings, monkeypatch, jpeg):
    def fail(*_):
        raise RuntimeError("secret")

    monkeypatch.setattr(rendering, "preview", fail)
    with TestClient(create(settings), base_url="http://localhost", raise_server_exceptions=False) as client:
        response = post(client, jpeg, "preview")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert response.json()["detail"]


def test_pages_and_their_assets_come_from_here(client):
    for path in ("/", "/docs", "/static/app.js", "/swagger/swagger-ui-bundle.js", "/favicon.ico", "/healthz"):
        assert client.get(path).status_code == 200, path
    for path in ("/", "/docs"):
        text = client.get(path).text
        assert "http://" not in text
        assert "<script>" not in text
        assert " style=" not in text
    assert client.get("/static/../app.py").status_code == 404


def test_a_photograph_that_nobody_waits_for_any_more_is_not_colored(settings, jpeg):
    """As the page leaves it when it asks anew: the request arrives whole, and then its connection is closed."""
    app, end, sent = create(settings), threading.Event(), []
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="old.jpg"\r\n\r\n'
    body = head + jpeg + b"\r\n--b--\r\n"
    headers = {"host": "localhost", "content-type": "multipart/form-data; boundary=b", "content-length": str(len(body))}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/api/v1/chroma",
        "raw_path": b"/api/v1/chroma", "query_string": b"", "scheme": "http", "client": ("127.0.0.1", 1),
        "server": ("localhost", 80), "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip

    async def scene():
        arriving = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive():
            return next(arriving, {"type": "http.disconnect"})

        async def send(message):
            sent.append(message)

        others = [asyncio.create_task(app.state.pool.run(lambda: end.wait(60))) for _ in range(settings.workers)]
        await asyncio.sleep(0.1)
        await app(scope, receive, send)
        end.set()
        await asyncio.gather(*others)
        app.state.pool.close()

    asyncio.run(scene())
    assert sent[0]["status"] == 499
