import json
import logging

from photochrom.web.observability import JsonLines, log


def post(client, jpeg):
    return client.post("/api/v1/colorize", files={"file": ("grandmother.jpg", jpeg)})


def test_every_request_is_a_line_without_file_names(client, jpeg, caplog):
    with caplog.at_level(logging.INFO, logger=log.name):
        post(client, jpeg)
        client.get("/nothing%0Ahere")
    first, second = (json.loads(JsonLines().format(record)) for record in caplog.records if record.name == log.name)
    assert second["path"] == "/nothing\nhere"  # escaped on its line
    assert first["path"] == "/api/v1/colorize"
    assert first["status"] == 200
    assert first["model"] == "default"
    assert first["worked"] > 0
    assert first["received"] > len(jpeg)
    assert first["sent"] > 0
    assert second["status"] == 404
    assert "grandmother" not in caplog.text


def test_the_id_of_a_film_is_not_in_the_log(client, caplog):
    with caplog.at_level(logging.INFO, logger=log.name):
        client.delete("/api/v1/films/secret")
    (record,) = (record for record in caplog.records if record.name == log.name)
    assert (record.fields["method"], record.fields["path"]) == ("DELETE", "/api/v1/films/{id}")


def test_a_traceback_stays_on_its_line():
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        record = log.makeRecord(log.name, logging.ERROR, "", 0, "failed", (), (ValueError, error, error.__traceback__))
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "two" in json.loads(line)["traceback"]


def test_metrics_count_by_route(open_client, jpeg):
    client = open_client()
    post(client, jpeg)
    for number in range(5):
        client.get(f"/wp-admin/{number}")
    told = client.get("/metrics").text
    assert 'photochrom_requests_total{method="POST",route="/api/v1/colorize",status="200"} 1.0' in told
    assert 'photochrom_requests_total{method="GET",route="other",status="404"} 5.0' in told
    assert 'photochrom_work_seconds_count{model="default"} 1.0' in told
    assert "photochrom_inside 0.0" in told
    assert "process_resident_memory_bytes" in told
