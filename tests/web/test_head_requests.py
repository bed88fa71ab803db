import json
import logging

import pytest

from photochrom.web.observability import JsonLines, log

PATHS = (
    "/", "/docs", "/favicon.ico", "/static/app.js", "/swagger/swagger-ui.css", "/openapi.json", "/healthz", "/metrics",
    "/api/v1/models",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_head_answers_as_get_does_without_a_body(client, path):
    got, head = client.get(path), client.head(path)
    assert got.status_code == head.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]
    if path != "/metrics":  # which counts the requests
        assert head.headers["content-length"] == got.headers["content-length"]


def test_head_is_refused_where_there_is_no_get(client):
    assert client.head("/api/v1/colorize").status_code == 405
    assert client.head("/nothing").status_code == 404


def test_head_is_logged_as_what_it_is(client, caplog):
    with caplog.at_level(logging.INFO, logger=log.name):
        client.head("/healthz")
    line = json.loads(JsonLines().format(caplog.records[-1]))
    assert (line["method"], line["path"]) == ("HEAD", "/healthz")
    assert 'photochrom_requests_total{method="HEAD",route="/healthz",status="200"}' in client.get("/metrics").text
