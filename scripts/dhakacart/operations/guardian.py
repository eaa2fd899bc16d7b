"""A guardian process: when the process that started it dies without a farewell, it stops what that one left behind.

A parent killed with SIGKILL can clean up nothing. So it keeps one end of a pipe to a small process in a session
of its own, and tells it the leader of each process group that it starts. When the pipe closes, however that came
about, the guardian ends those groups that are still listed: in reverse order, by their stop signal, after a
grace by SIGKILL. It works on Linux and macOS alike, and reaches grandchildren that PR_SET_PDEATHSIG does not.

The protocol is lines on standard input: `+<pid> <signal>` and `-<pid>`. This file is also the guardian's own
program: it uses the standard library only, so that it starts at once.
"""

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

_GRACE_SECONDS = 5.0
_POLL_SECONDS = 0.05
# Linux. Elsewhere ended processes are waited for soon enough that a signal of 0 tells the truth.
_HAS_PROC = Path("/proc/self/stat").exists()

_guardian: subprocess.Popen[bytes] | None = None
_guardian_owner = 0
_lock = threading.Lock()


def begin() -> None:
    """Starts it before there is anything to watch, so that `watch` is a line in a pipe."""
    with _lock:
        _living()


def watch(pid: int, stop_signal: int = signal.SIGTERM) -> None:
    """Puts the process group led by `pid` under the guardian's eye; starts the guardian at the first call."""
    _tell(f"+{pid} {int(stop_signal)}\n")


def release(pid: int) -> None:
    """Takes it off the list: it has ended and been waited for, so its pid may soon be another's."""
    if _guardian is not None:
        _tell(f"-{pid}\n")


def _tell(line: str) -> None:
    with _lock:
        pipe = _living().stdin
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError, ValueError):
                pipe.write(line.encode())
                pipe.flush()


def _living() -> "subprocess.Popen[bytes]":
    """This process's own guardian, started where there is none."""
    global _guardian, _guardian_owner
    if _guardian is None or _guardian_owner != os.getpid():
        _guardian = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )
        _guardian_owner = os.getpid()
        atexit.register(_farewell)
    return _guardian


def _farewell() -> None:
    """Closes the pipe and waits, so that a command that has returned has left no process."""
    if _guardian is not None and _guardian_owner == os.getpid() and _guardian.stdin is not None:
        with contextlib.suppress(OSError):
            _guardian.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            _guardian.wait(_GRACE_SECONDS)


def group_lives(group: int) -> bool:
    """Whether a process of the group still runs; an ended one that nobody has waited for does not count."""
    if _HAS_PROC:
        return any(
            _is_live_member(folder, group) for folder in Path("/proc").iterdir() if folder.name.isdigit()
        )
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_live_member(folder: Path, group: int) -> bool:
    """proc(5), stat: after the name in parentheses come the state, the parent and the process group."""
    try:
        text = (folder / "stat").read_text(errors="replace")
        state, _, member_of = text.rpartition(")")[2].split()[:3]
    except OSError:
        return False
    return int(member_of) == group and state != "Z"


def _stop(group: int, stop_signal: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(group, stop_signal)
    deadline = time.monotonic() + _GRACE_SECONDS
    while group_lives(group) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    with contextlib.suppress(OSError):
        os.killpg(group, signal.SIGKILL)


def _main() -> None:
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    watched: dict[int, int] = {}
    for line in sys.stdin:
        if line.startswith("+"):
            pid, stop_signal = line[1:].split()
            watched[int(pid)] = int(stop_signal)
        elif line.startswith("-"):
            watched.pop(int(line[1:]), None)
    for pid, stop_signal in reversed(watched.items()):
        _stop(pid, stop_signal)


if __name__ == "__main__":
    _main()
