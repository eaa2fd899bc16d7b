"""Building the images: a few side by side, each with its own time, its present step, and a log of its own."""

import re
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from dhakacart.operations.compose import Stack
from dhakacart.operations.docker import explain
from dhakacart.operations.events import Event, Kind, OnEvent
from dhakacart.operations.log_files import LogFile
from dhakacart.operations.stack_failure import StackFailure

_PARALLEL = 2
_POLL_SECONDS = 0.1
_TELL_SECONDS = 1.0
_STOP_SECONDS = 10.0
# BuildKit's plain progress: "#12 [packages 2/5] RUN ...", "#12 [web packages 2/5] RUN ..." with several targets.
_STEP = re.compile(r"#\d+ \[(?:\S+ )*?(?P<step>(?:\S+ )?\d+/\d+)\]")
_ERROR = re.compile(r"failed to solve|^ERROR|error:", re.IGNORECASE)


@dataclass
class _Build:
    """One image under way. step: `packages 2/5`."""

    image: str
    name: str
    log: LogFile
    process: "subprocess.Popen[bytes]"
    began: float = field(default_factory=time.monotonic)
    step: str = ""
    reader: threading.Thread | None = None

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def read(self) -> None:
        """Takes the output until it ends; in a thread of its own."""
        for chunk in self.process.stdout or ():
            for line in self.log.write(chunk):
                if found := _STEP.match(line):
                    self.step = found["step"]


def build_images(stack: Stack, *, logs: Path, on_event: OnEvent) -> None:
    """Builds what is not built yet or has changed. Raises StackFailure for the first that fails; the others stop."""
    began = time.monotonic()
    waiting = list(stack.images().items())
    running: list[_Build] = []
    told = began
    try:
        while waiting or running:
            while waiting and len(running) < _PARALLEL:
                image, service = waiting.pop(0)
                running.append(_start(stack, image, service, logs))
                on_event(Event(Kind.STARTING, name=running[-1].name, text=f"image {image}"))
            for build in [one for one in running if one.process.poll() is not None]:
                _finish(build)
                running.remove(build)
                on_event(Event(Kind.READY, name=build.name, seconds=build.seconds))
            if time.monotonic() - told > _TELL_SECONDS:
                told = time.monotonic()
                text = ", ".join(
                    f"{one.name} {one.step} {one.seconds:.0f} s".replace("  ", " ") for one in running
                )
                on_event(Event(Kind.WAITING, seconds=told - began, text=f"images: {text}"))
            time.sleep(_POLL_SECONDS)
    finally:
        for build in running:
            end(build.process)
            build.log.close()


def _start(stack: Stack, image: str, service: str, logs: Path) -> _Build:
    name = image.rpartition("/")[2].partition(":")[0]
    path = logs / f"build-{name}.log"
    path.unlink(missing_ok=True)
    process = subprocess.Popen(
        stack.command("build", service),
        env=stack.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C is for us: we end it, and tell the end
    )
    build = _Build(image, name, LogFile(path), process)
    build.reader = threading.Thread(target=build.read, daemon=True)
    build.reader.start()
    return build


def _finish(build: _Build) -> None:
    if build.reader is not None:
        build.reader.join(_STOP_SECONDS)
    build.log.close()
    if build.process.returncode == 0:
        return
    lines = [line for line in build.log.last_lines() if line.strip()]
    if problem := explain("\n".join(lines)):
        raise StackFailure(build.name, problem.message, hint=problem.hint, lines=lines)
    errors = [line.strip() for line in lines if _ERROR.search(line)]
    raise StackFailure(
        build.name,
        f"image {build.image} was not built: {errors[-1] if errors else f'status {build.process.returncode}'}",
        hint=f"its whole output: make logs SERVICE=build-{build.name}",
        lines=lines,
    )


def end(process: "subprocess.Popen[bytes]") -> None:
    """Asks a process to end, and ends it."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
