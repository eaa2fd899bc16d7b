"""Whether worker or beat does its work, for whoever watches it: ``python -m config.health worker | beat``.

Both touch READY_FILE when a message of theirs has passed through the broker (config.pulse). A file that is fresh is
health. One that is not is a fault of the role only if the broker answers: Redis may vanish, and to restart every
worker would not bring it back. Once it is back, each role has as long again to notice.

It runs every few seconds, so it imports nothing but a little of the standard library; the two values of the contract
that it needs, the role has checked already. PING needs no password: a refusal is an answer too.
"""

import os
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

# How often a role sends something through the broker.
PULSE_SECONDS = 2.0
# Without a message for longer: at fault. Celery waits up to 30 s between two attempts to connect, and each may take 5 s.
SILENT_SECONDS = 60.0
PING_SECONDS = 2.0
REDIS_PORT = 6379
# What a broker that can be used says to PING: it answers, or wants a password first.
ANSWERS = (b"+PONG", b"-NOAUTH")
WORK = {"worker": "consumed", "beat": "sent"}


def excuse_file(ready_file: Path) -> Path:
    """Touched by the check while the broker is lost."""
    return ready_file.with_name(f"{ready_file.name}.broker-lost")


def verdict(*, ready_file: Path, redis_url: str, work: str) -> tuple[bool, str]:
    """Whether the role is well, and why, in words. ``work`` is what it does with messages: consumed, sent."""
    silence = _age_seconds(ready_file)
    if silence is not None and abs(silence) <= SILENT_SECONDS:
        return True, f"{work} a message {silence:.0f} s ago"
    excuse = excuse_file(ready_file)
    if fault := broker_fault(redis_url):
        with suppress(OSError):
            excuse.touch()
        return True, f"the broker does not answer ({fault}), which no restart of this role would mend"
    excused = _age_seconds(excuse)
    if excused is not None and abs(excused) <= SILENT_SECONDS:
        return True, f"the broker has been back for {excused:.0f} s at most; nothing {work} yet"
    if silence is None:
        return False, f"has not begun: no {ready_file}"
    return False, f"has not {work} anything for {silence:.0f} s, although the broker answers"


def broker_fault(url: str) -> str:
    """Why the broker cannot be used; empty when it answers."""
    faults = [f"nothing within {PING_SECONDS:g} s"]
    # In a thread, since no time-out holds for the look-up of a name.
    asking = threading.Thread(target=lambda: faults.append(_ping(url)), daemon=True)
    asking.start()
    asking.join(PING_SECONDS)
    return faults[-1]


def _ping(url: str) -> str:
    address = urlsplit(url)
    try:
        with socket.create_connection((address.hostname, address.port or REDIS_PORT), PING_SECONDS) as broker:
            broker.sendall(b"PING\r\n")
            answer = broker.recv(128)
    except OSError as error:
        return error.strerror or str(error)
    return "" if answer.startswith(ANSWERS) else answer.decode(errors="replace").strip() or "it hung up"


def _age_seconds(path: Path) -> float | None:
    """Seconds since the file was touched; None when there is none."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return None


def main(arguments: list[str]) -> int:
    """Exit status: 0 well, 1 not, 64 for an unknown role, 78 where a variable is missing."""
    if len(arguments) != 1 or arguments[0] not in WORK:
        print(f"usage: python -m config.health {' | '.join(WORK)}", file=sys.stderr)
        return os.EX_USAGE
    try:
        ready_file, redis_url = Path(os.environ["READY_FILE"]), os.environ["REDIS_URL"]
    except KeyError as missing:
        print(f"variable {missing.args[0]} is missing", file=sys.stderr)
        return os.EX_CONFIG
    well, why = verdict(ready_file=ready_file, redis_url=redis_url, work=WORK[arguments[0]])
    print(f"{'healthy' if well else 'unhealthy'}: {why}")
    return 0 if well else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
