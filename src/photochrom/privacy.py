"""Nothing leaves this machine: what libraries would report of their use is switched off.

From 1.32 on, ONNX Runtime on Linux keeps a device id and a store of events below the home folder, and looks up a host
to send them to. It reads its switch once, when it is imported for the first time; to switch it off later has no effect.
So `photochrom` itself, which every part of the package is imported through, does it first of all.
"""

import os

_SWITCH, _OFF = "ORT_DISABLE_TELEMETRY", "1"
_RAY = ("RAY_USAGE_STATS_ENABLED", "0")


def refuse_telemetry() -> None:
    """Switch telemetry off for this process and those that it starts, whatever was set before.

    It is that of ONNX Runtime, and of Ray, which reports to its makers where a cluster is started.
    """
    os.environ[_SWITCH] = _OFF
    os.environ[_RAY[0]] = _RAY[1]


def telemetry() -> str:
    """The state of that switch, in words."""
    return f"off ({_SWITCH}={_OFF})" if os.environ.get(_SWITCH) == _OFF else "on"
