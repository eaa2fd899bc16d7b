"""Readiness probes: each says whether a process really serves, and takes at most a few seconds to say it."""

import http.client
from collections.abc import Callable
from pathlib import Path

from dhakacart.operations.ports import LOOPBACK, answers

Probe = Callable[[], bool]
_TIMEOUT_SECONDS = 3.0


def http_ok(port: int, path: str) -> Probe:
    """An HTTP GET is answered with 2xx or 3xx."""

    def probe() -> bool:
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request("GET", path, headers={"Accept": "*/*"})
            return 200 <= connection.getresponse().status < 400
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return probe


def port_open(port: int) -> Probe:
    """Somebody accepts connections."""
    return lambda: answers(port)


def file_there(path: Path) -> Probe:
    """The process has made its ready file."""
    return path.exists


def all_of(*probes: Probe) -> Probe:
    """Every one of them holds."""
    return lambda: all(probe() for probe in probes)
