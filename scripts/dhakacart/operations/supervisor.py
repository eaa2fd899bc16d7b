"""Runs processes: in order, until each really serves, again when one dies, and to the end in reverse order.

Why not honcho or supervisord: docs/adr/0003-supervisor.md.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dhakacart.operations import guardian
from dhakacart.operations.events import Event, Kind, OnEvent
from dhakacart.operations.identity import Identity, signal_group
from dhakacart.operations.log_files import LogFile
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.service import Service, in_start_order

QUICK_DEATH_SECONDS = 10.0
MAX_QUICK_DEATHS = 3
_FIRST_DELAY_SECONDS = 0.5
_MAX_DELAY_SECONDS = 30.0
_FORGIVEN_AFTER_SECONDS = 60.0
_PROBE_PAUSE_SECONDS = 0.05
_ORPHAN_GRACE_SECONDS = 2.0
_HEARTBEAT_SECONDS = 5.0
_CHUNK_BYTES = 65_536


@dataclass
class Running:
    """A started process and what belongs to it."""

    service: Service
    process: asyncio.subprocess.Process
    identity: Identity
    began: float
    reader: "asyncio.Task[None]"

    @property
    def uptime_seconds(self) -> float:
        return time.monotonic() - self.began


class FailedError(Exception):
    """A process has ended the run; `lines` are its last."""

    def __init__(self, name: str, text: str, lines: list[str]) -> None:
        super().__init__(text)
        self.name = name
        self.text = text
        self.lines = lines


class Supervisor:
    """Runs these services until asked to stop, or until one of them fails for good."""

    def __init__(
        self,
        services: list[Service],
        *,
        logs: Path,
        on_event: OnEvent,
        on_line: Callable[[str, str], None] = lambda _name, _line: None,
        on_change: Callable[[list[Identity]], None] = lambda _identities: None,
    ) -> None:
        self._levels = in_start_order(services)
        self._on_event = on_event
        self._on_line = on_line
        self._on_change = on_change
        self._logs = {service.name: LogFile(logs / f"{service.name}.log") for service in services}
        self._ready = {service.name: asyncio.Event() for service in services}
        self._running: dict[str, Running] = {}
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()

    async def run(self) -> int:
        """The exit status: 0 when asked to stop, 1 when a process failed for good. Leaves no process."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.stop)
        began = time.monotonic()
        keepers = [asyncio.create_task(self._keep(service)) for level in self._levels for service in level]
        stop = asyncio.create_task(self._stop.wait())
        everything = asyncio.create_task(self._announce_when_all_ready(began))
        status = 0
        try:
            # A keeper ends only when its one-shot job is done, or by an exception that ends the run.
            pending: set[asyncio.Task[Any]] = {stop, *keepers}
            while not stop.done():
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        except FailedError as failure:
            status = 1
            self._on_event(Event(Kind.FAILED, name=failure.name, text=failure.text, lines=failure.lines))
        finally:
            for task in (*keepers, stop, everything):
                task.cancel()
            await asyncio.gather(*keepers, stop, everything, return_exceptions=True)
            await self._stop_all()
        return status

    def stop(self) -> None:
        """Asks for the end; asked again, it ends at once."""
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()

    async def _announce_when_all_ready(self, began: float) -> None:
        """Says every few seconds what is awaited, and when nothing is any more."""
        all_ready = asyncio.create_task(self._all_ready())
        while not (await asyncio.wait({all_ready}, timeout=_HEARTBEAT_SECONDS))[0]:
            awaited = ", ".join(name for name, event in self._ready.items() if not event.is_set())
            self._on_event(Event(Kind.WAITING, seconds=time.monotonic() - began, text=awaited))
        self._on_event(Event(Kind.ALL_READY, seconds=time.monotonic() - began))

    async def _all_ready(self) -> None:
        await asyncio.gather(*(event.wait() for event in self._ready.values()))

    async def _keep(self, service: Service) -> None:
        """Starts one service when its turn comes, and keeps it running."""
        await asyncio.gather(*(self._ready[name].wait() for name in service.after))
        began = time.monotonic()
        self._on_event(Event(Kind.STARTING, name=service.name, text=service.what))
        await self._prepare(service)
        quick_deaths = 0
        delay = _FIRST_DELAY_SECONDS
        while True:
            running = await self._start(service)
            problem = await self._until_ready(running)
            if problem is None:
                self._on_event(Event(Kind.READY, name=service.name, seconds=time.monotonic() - began))
                self._ready[service.name].set()
                if service.once:
                    await self._forget(running)
                    return
            status = await running.process.wait()
            await self._forget(running)
            if service.once:
                raise self._failure(service, f"{service.name} ended with {_describe(status)}")
            uptime = running.uptime_seconds
            quick_deaths = quick_deaths + 1 if uptime < QUICK_DEATH_SECONDS else 0
            text = problem or f"{service.name} ended with {_describe(status)} after {uptime:.1f} s"
            if quick_deaths >= MAX_QUICK_DEATHS:
                raise self._failure(service, f"{text}: {quick_deaths} quick deaths, giving up")
            if uptime > _FORGIVEN_AFTER_SECONDS:
                delay = _FIRST_DELAY_SECONDS
            self._on_event(Event(Kind.DIED, name=service.name, text=f"{text}; restarting in {delay:g} s"))
            await asyncio.sleep(delay)
            delay = min(delay * 2, _MAX_DELAY_SECONDS)
            began = time.monotonic()

    async def _prepare(self, service: Service) -> None:
        if service.prepare is not None:
            try:
                await asyncio.to_thread(service.prepare)
            except ProblemError as error:
                raise self._failure(
                    service, f"{error.message}{f' -> {error.hint}' if error.hint else ''}"
                ) from error

    async def _start(self, service: Service) -> Running:
        if service.ready_file is not None:
            service.ready_file.unlink(missing_ok=True)
        credentials: dict[str, Any] = {}
        if service.user is not None:
            credentials = {"user": service.user, "group": service.user, "extra_groups": []}
        # A pipe of our own: with asyncio's, wait() would also wait for grandchildren that hold the pipe.
        read_end, write_end = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *service.command,
                cwd=service.folder,
                env=dict(service.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=write_end,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                **credentials,
            )
        except BaseException as error:
            os.close(read_end)
            if isinstance(error, OSError):
                raise self._failure(service, f"{service.name} cannot be started: {error}") from error
            raise
        finally:
            os.close(write_end)
        guardian.watch(process.pid, service.stop_signal)
        running = Running(
            service=service,
            process=process,
            identity=Identity.of(process.pid) or Identity(process.pid, 0.0),
            began=time.monotonic(),
            reader=asyncio.create_task(self._read(service.name, read_end)),
        )
        self._running[service.name] = running
        self._tell_change()
        return running

    async def _read(self, name: str, descriptor: int) -> None:
        """Passes the output on until nobody holds the other end any more."""
        stream = asyncio.StreamReader()
        pipe = os.fdopen(descriptor, "rb", buffering=0)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), pipe
        )
        try:
            while chunk := await stream.read(_CHUNK_BYTES):
                for line in self._logs[name].write(chunk):
                    self._on_line(name, line)
        finally:
            transport.close()

    async def _until_ready(self, running: Running) -> str | None:
        """None when it serves (or, for a one-shot job, has done it); otherwise why not. It has ended then."""
        service = running.service
        exited = asyncio.create_task(running.process.wait())
        if service.once:
            return None if await exited == 0 else "failed"
        deadline = time.monotonic() + service.ready_seconds
        while not exited.done():
            try:
                if service.ready is None or await asyncio.to_thread(service.ready):
                    return None if not exited.done() else ""
            except ProblemError as error:
                raise self._failure(
                    service, f"{error.message}{f' -> {error.hint}' if error.hint else ''}"
                ) from error
            if time.monotonic() > deadline:
                signal_group(running.process.pid, signal.SIGKILL)
                await exited
                return f"{service.name} was not ready after {service.ready_seconds:g} s"
            await asyncio.wait({exited}, timeout=_PROBE_PAUSE_SECONDS)
        return ""

    async def _stop_all(self) -> None:
        if self._running:
            self._on_event(Event(Kind.STOPPING))
        began = time.monotonic()
        for level in reversed(self._levels):
            await asyncio.gather(
                *(
                    self._end(self._running[service.name])
                    for service in level
                    if service.name in self._running
                )
            )
        for log in self._logs.values():
            log.close()
        self._on_event(Event(Kind.STOPPED, seconds=time.monotonic() - began))

    async def _end(self, running: Running) -> None:
        """The signal to the leader alone (Celery's children must not get it), SIGKILL to all after the grace."""
        with contextlib.suppress(ProcessLookupError):
            running.process.send_signal(running.service.stop_signal)
        exited = asyncio.create_task(running.process.wait())
        hurry = asyncio.create_task(self._hurry.wait())
        await asyncio.wait(
            {exited, hurry}, timeout=running.service.grace_seconds, return_when=asyncio.FIRST_COMPLETED
        )
        hurry.cancel()
        if not exited.done():
            signal_group(running.process.pid, signal.SIGKILL)
            await exited
        await self._forget(running)

    async def _forget(self, running: Running) -> None:
        """The leader has ended: ends what it left behind in its group, and its log's reader."""
        group = running.process.pid
        deadline = time.monotonic() + _ORPHAN_GRACE_SECONDS
        if guardian.group_lives(group):
            signal_group(group, signal.SIGTERM)
            while guardian.group_lives(group) and time.monotonic() < deadline and not self._hurry.is_set():
                await asyncio.sleep(_PROBE_PAUSE_SECONDS)
            signal_group(group, signal.SIGKILL)
        guardian.release(group)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(running.reader, timeout=1.0)
        self._running.pop(running.service.name, None)
        self._tell_change()

    def _tell_change(self) -> None:
        self._on_change([running.identity for running in self._running.values()])

    def _failure(self, service: Service, text: str) -> FailedError:
        return FailedError(service.name, text, self._logs[service.name].last_lines())


def _describe(status: int) -> str:
    """A return code in words: negative ones are signals."""
    if status < 0:
        with contextlib.suppress(ValueError):
            return f"signal {signal.Signals(-status).name}"
    return f"exit status {status}"
