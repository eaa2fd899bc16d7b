"""What the command line's tests share: processes that are ended whatever happens, folders that PostgreSQL can enter."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from dhakacart.engines.protocol import UpOptions
from dhakacart.operations.events import Event, Kind
from dhakacart.operations.paths import Checkout
from dhakacart.operations.waiting import wait_for

SUPERVISE = Path(__file__).parent / "stand_ins" / "supervise.py"
# Says what it was told to say, and writes down what it was asked.
STAND_IN = Path(__file__).parent / "stand_ins" / "program.py"
PATIENCE_SECONDS = 60.0

Answer = Callable[..., Callable[[], list[str]]]


class Supervised:
    """A supervisor in a process of its own, over stand-in services."""

    def __init__(self, folder: Path, services: list[dict[str, Any]]) -> None:
        self.folder = folder
        self.output = folder / "events.jsonl"
        spec = folder / "services.json"
        spec.write_text(json.dumps(services))
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(SUPERVISE), str(spec)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def events(self, kind: str = "", name: str = "") -> list[dict[str, Any]]:
        lines = [line for line in self.output.read_text().splitlines(keepends=True) if line.endswith("\n")]
        events = [json.loads(line) for line in lines if line.startswith("{")]
        return [event for event in events if kind in ("", event["kind"]) and name in ("", event["name"])]

    def wait_for(self, kind: str, name: str = "", count: int = 1) -> dict[str, Any]:
        assert wait_for(lambda: len(self.events(kind, name)) >= count, timeout_seconds=PATIENCE_SECONDS), (
            f"no {kind} {name}: {self.output.read_text()}"
        )
        return self.events(kind, name)[count - 1]

    def pids(self) -> list[int]:
        state = json.loads((self.folder / "run" / "state.json").read_text())
        return [one["pid"] for one in state["processes"]]

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Callable[..., Supervised]]:
    """A function that starts a supervisor over services; each is ended at last."""
    started: list[Supervised] = []

    def start(*services: dict[str, Any]) -> Supervised:
        folder = tmp_path / str(len(started))
        folder.mkdir()
        started.append(Supervised(folder, list(services)))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.terminate()
            one.process.wait(PATIENCE_SECONDS)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account may enter, as PostgreSQL's under root must (pytest's own are closed)."""
    parent = Checkout.here().cache / "test-folders"
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def clean_environment(open_folder: Path) -> dict[str, str]:
    """This process's environment without what the test run put there, and a cache of its own."""
    ours = (
        "DATABASE_",
        "REDIS_",
        "SECRETS_",
        "PROMETHEUS_",
        "DHAKACART_",
        "PYTEST_",
        "WEB_",
        "METRICS_",
        "SMTP_",
        "SMS_",
    )
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(ours)},
        "DHAKACART_CACHE": str(open_folder / "cache"),
    }


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], tuple[Path, Answer]]:
    """A function that puts a stand-in for a program first in PATH; returns its folder, and what gives it its answers.

    That one returns a function that lists the calls.
    """

    def make(name: str) -> tuple[Path, Answer]:
        folder = tmp_path / f"{name} stand-in"
        folder.mkdir()
        program = folder / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{STAND_IN}" "{folder}" "$@"\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

        def answer(*answers: dict[str, Any]) -> Callable[[], list[str]]:
            (folder / "answers.json").write_text(json.dumps(answers))
            (folder / "calls").write_text("")
            return lambda: (folder / "calls").read_text().splitlines()

        return folder, answer

    return make


@pytest.fixture
def docker(stand_in: Callable[[str], tuple[Path, Answer]]) -> Answer:
    """A function that puts a stand-in for docker first in PATH, with its answers; returns one that lists the calls."""
    return stand_in("docker")[1]


class Told:
    """What an engine has told, and the options that make it tell."""

    def __init__(self, *, isolated: bool = True) -> None:
        self.events: list[Event] = []
        self.options = UpOptions(
            isolated=isolated, detach=True, on_event=self.events.append, on_line=lambda *_: None
        )

    def texts(self, kind: Kind) -> list[str]:
        return [event.text for event in self.events if event.kind is kind]

    def names(self, kind: Kind) -> set[str]:
        return {event.name for event in self.events if event.kind is kind}


@pytest.fixture
def make_told() -> type[Told]:
    """A second one, or one with other options."""
    return Told


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def gone() -> Callable[..., bool]:
    """A function: whether all these processes have ended, or do within some seconds."""

    def ask(pids: list[int], *, within_seconds: float = PATIENCE_SECONDS) -> bool:
        return wait_for(lambda: not any(_runs(pid) for pid in pids), timeout_seconds=within_seconds)

    return ask


def _runs(pid: int) -> bool:
    """An ended process that nobody has waited for yet does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
