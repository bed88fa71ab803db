"""What the commands write and whom they talk to, as the kernel saw it: traced with strace."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from photochrom import privacy

CALLS = "%network,open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mknod"
WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|^(?:creat|mkdir|rename|link|symlink|mknod)")
TALKS = re.compile(r"^(?:connect|sendto|sendmsg|sendmmsg)\(.*(?:AF_INET6?|sin6?_addr)|resolv\.conf|nscd")
OURS = re.compile(r'"/(?:dev/null|dev/shm/|proc/self/)')


@pytest.fixture
def traced(tmp_path, require_program):
    """Start `photochrom` with a home and a temporary folder of its own, and telemetry asked for; traced to a file."""
    strace = require_program("strace")
    check = subprocess.run([strace, "-qq", "true"], capture_output=True, text=True, check=False)
    if check.returncode:
        pytest.skip(f"strace may not trace here: {check.stderr.strip()}")
    for folder in ("home", "tmp"):
        (tmp_path / folder).mkdir()
    set_here = {"HOME": tmp_path / "home", "TMPDIR": tmp_path / "tmp", "ORT_DISABLE_TELEMETRY": "0"}
    others = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    environment = {**others, "PYTHONDONTWRITEBYTECODE": "1"} | {name: str(value) for name, value in set_here.items()}
    started = []

    def start(*words):
        command = [strace, "-f", "--seccomp-bpf", "-qq", "-s", "4096", "-e", f"trace={CALLS}", "-e", "signal=none"]
        command += ["-o", tmp_path / "trace", Path(sys.executable).with_name("photochrom"), *words]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp_path))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def calls(folder):
    """The system calls of the traced command, without the number of the process in front of each."""
    lines = (folder / "trace").read_text(errors="replace").splitlines()
    return [line.split(maxsplit=1)[1] for line in lines]


def assert_private(folder, targets=()):
    """Nobody was talked to or looked up, and only ``targets`` below ``folder``, and the temporary folder, written."""
    made = calls(folder)
    assert len(made) > 100
    assert [call for call in made if TALKS.search(call)] == []
    allowed = [f'"{folder / name}' for name in (*targets, "tmp/")]
    writes = [call for call in made if WRITES.search(call) and not OURS.search(call) and " = -1 " not in call]
    assert [call for call in writes if not any(place in call for place in allowed)] == []
    assert [*(folder / "home").iterdir(), *(folder / "tmp").iterdir()] == []


def test_colorize_writes_its_result_alone_and_talks_to_nobody(traced, source, tmp_path):
    process = traced("colorize", source, "-o", tmp_path / "new" / "color.png")
    process.communicate(timeout=300)
    assert process.returncode == 0
    assert (tmp_path / "new" / "color.png").is_file()
    assert_private(tmp_path, ["new"])


def test_serve_writes_nothing_that_stays_and_talks_to_its_client_alone(traced, source, tmp_path):
    process = traced("serve", "--port", "0")
    url = re.search(r"http://\S+/", process.stdout.readline())[0]
    answer = httpx2.post(f"{url}api/v1/colorize", files={"file": source.read_bytes()}, timeout=300)
    assert answer.status_code == 200
    tasks = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    os.kill(int(tasks.read_text().split()[0]), signal.SIGTERM)
    while process.poll() is None:
        time.sleep(0.05)
    assert_private(tmp_path)


def test_every_import_of_the_package_switches_telemetry_off_before_onnx_runtime_is_there():
    script = (
        "import os, sys, photochrom.errors; print(os.environ['ORT_DISABLE_TELEMETRY'], 'onnxruntime' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "ORT_DISABLE_TELEMETRY": "0"}, capture_output=True, text=True
    )
    assert told.stdout.split() == ["1", "False"]
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1", "these tests, too"


def test_its_state_is_told(monkeypatch):
    assert privacy.telemetry() == "off (ORT_DISABLE_TELEMETRY=1)"
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "0")
    assert privacy.telemetry() == "on"
