import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from photochrom.cli.serving import serve
from photochrom.errors import UsageError
from photochrom.web.server import is_loopback

COMMAND = Path(sys.executable).with_name("photochrom")


@pytest.fixture
def start():
    """Start the command, and wait until it says where it is."""
    started = []

    def starter(*options):
        process = subprocess.Popen(
            [COMMAND, "serve", "--port", "0", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        line = process.stdout.readline()
        found = re.search(r"http://\S+:(\d+)/", line)
        assert found, line + process.stderr.read()
        return process, int(found[1])

    yield starter
    for process in started:
        process.kill()
        process.communicate()


def fetched(port, path):
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as response:
        return response.read().decode()


@pytest.mark.skipif(os.name == "nt", reason="signals are others there")
def test_being_stopped_finishes_what_was_accepted(start, jpeg):
    process, port = start()
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="old.jpg"\r\n\r\n'
    body = head + jpeg + b"\r\n--b--\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        connection.sendall(
            b"POST /api/v1/colorize HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
            + f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body[:200]
        )
        while "photochrom_inside 1.0" not in fetched(port, "/metrics"):
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        connection.sendall(body[200:])
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    assert answer.startswith(b"HTTP/1.1 200"), answer[:300]
    _, log = process.communicate(timeout=120)
    assert process.returncode == 0
    lines = [json.loads(line) for line in log.splitlines()]
    assert lines[0]["access"] == "no token is required"
    assert lines[-1]["message"] == "stopped"
    assert any(line.get("path") == "/api/v1/colorize" and line["status"] == 200 for line in lines)


def run(*options):
    return subprocess.run([COMMAND, "serve", *options], capture_output=True, text=True, timeout=120)


def test_beyond_this_machine_a_token_is_needed():
    done = run("--host", "0.0.0.0", "--port", "0")
    assert done.returncode == 2
    assert "--token" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_port_that_is_taken_is_reported():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "--port" in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_the_extra_the_command_says_what_to_install():
    code = (
        "import sys; sys.modules['uvicorn'] = None; sys.argv = ['photochrom', 'serve'];"
        "from photochrom.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert "pip install -c constraints.txt '.[web]'" in done.stderr


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("old.example", False),
    ],
)
def test_what_is_this_machine_alone(host, expected):
    assert is_loopback(host) is expected


@pytest.mark.parametrize("limit", ["inf", "nan"])
def test_a_limit_is_a_number(limit):
    for name in ("--megabytes", "--megapixels", "--seconds"):
        with pytest.raises(UsageError, match="must be finite"):
            serve(**{name[2:]: float(limit)})
