"""Logs of the supervised processes: one file each, bounded in size, with the end of it at hand."""

import contextlib
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from dhakacart.operations.problem import ProblemError

MAX_BYTES = 5_000_000
_LAST_LINES = 25
_MAX_LINE_BYTES = 8_000
_POLL_SECONDS = 0.3


class LogFile:
    """Takes raw output; when the file is full it becomes `<name>.log.1`, in place of an earlier one."""

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.max_bytes = max_bytes
        self.last: deque[str] = deque(maxlen=_LAST_LINES)
        self._file = path.open("ab")
        self._rest = b""

    def write(self, chunk: bytes) -> list[str]:
        """Appends; returns the lines that are complete now (an endless line is cut)."""
        # A full disk must cost the log, not the process whose output this is.
        with contextlib.suppress(OSError):
            self._store(chunk)
        *complete, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > _MAX_LINE_BYTES:
            complete.append(self._rest)
            self._rest = b""
        lines = [line[:_MAX_LINE_BYTES].decode(errors="replace").rstrip("\r") for line in complete]
        self.last.extend(lines)
        return lines

    def _store(self, chunk: bytes) -> None:
        if self._file.tell() + len(chunk) > self.max_bytes:
            self._file.close()
            self.path.replace(self.path.with_name(f"{self.path.name}.1"))
            self._file = self.path.open("ab")
        self._file.write(chunk)
        self._file.flush()

    def last_lines(self) -> list[str]:
        """The end of the output, an unfinished line included."""
        unfinished = [self._rest.decode(errors="replace")] if self._rest.strip() else []
        return [*self.last, *unfinished]

    def close(self) -> None:
        self._file.close()


def follow_logs(folder: Path, name: str, *, lines: int, follow: bool) -> Iterator[tuple[str, str]]:
    """(log, line) of one log or all (""): the last `lines` of each, then (`follow`) what is new, until Ctrl-C.

    Raises ProblemError, exit status 2, when there is none of that name.
    """
    known = sorted(folder.glob("*.log"))
    chosen = [path for path in known if name in ("", path.stem)]
    if not chosen:
        names = ", ".join(path.stem for path in known)
        raise ProblemError(
            f"no output of {name or 'anything'} yet{f'; there is: {names}' if names else ''}", exit_status=2
        )
    followers = [(path.stem, LogFollower(path, lines)) for path in chosen]
    while True:
        for log, follower in followers:
            for line in follower.new_lines():
                yield log, line
        if not follow:
            return
        time.sleep(_POLL_SECONDS)


class LogFollower:
    """Reads a log that grows and is replaced when full: first its last lines, then what is new."""

    def __init__(self, path: Path, count: int) -> None:
        self.path = path
        self._first = count
        self._position = -1
        self._rest = ""

    def new_lines(self) -> list[str]:
        """The complete lines since the last call; none when the file is gone."""
        if not self.path.exists():
            return []
        size = self.path.stat().st_size
        if self._position < 0:
            self._position = size
            return self.path.read_text(errors="replace").splitlines()[-self._first :] if self._first else []
        if size < self._position:
            self._position = 0
        with self.path.open("rb") as file:
            file.seek(self._position)
            text = self._rest + file.read().decode(errors="replace")
            self._position = file.tell()
        *lines, self._rest = text.split("\n")
        return lines
