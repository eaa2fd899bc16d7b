"""The engine with containers: the production shape by Docker Compose, with live reload and a simulator beside it."""

import os
import sys
import time
from collections.abc import Iterator

from dhakacart.engines.in_containers import PSQL, addresses, ended_like_ctrl_c, lines_of, sentence
from dhakacart.engines.protocol import Address, Command, Status, UpOptions
from dhakacart.operations.compose import PROJECT, Stack, StackPorts, followed_line
from dhakacart.operations.docker import engine_lacks, publisher, require_free_disk
from dhakacart.operations.events import Event, Kind, OnEvent
from dhakacart.operations.images import build_images
from dhakacart.operations.log_files import follow_logs
from dhakacart.operations.paths import Checkout
from dhakacart.operations.ports import holders, is_taken
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.secrets import create_development_files
from dhakacart.operations.stack_failure import StackFailure
from dhakacart.operations.stack_records import StackRecords, claim, isolated_project, owner_of, release
from dhakacart.operations.stack_start import start

_MANAGE = ("python", "manage.py")
_SOURCE = "/source"
# What has only begun to start has nothing to finish, and may not hear a signal yet.
_HALF_STARTED_GRACE_SECONDS = 5


class ContainersEngine:
    """Docker Compose: every service as its image, edge in front, nothing but edge and the tools published."""

    name = "containers"
    not_automatic = ""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout = checkout

    def available(self) -> tuple[bool, str]:
        lacks = engine_lacks()
        return not lacks, lacks or "a Docker engine answers"

    def up(self, options: UpOptions) -> int:
        running = self._running()
        stack = running or self._choose(isolated=options.isolated)
        if running is None:
            self._require_ours(stack)
            self._require_free_ports(stack)
        else:
            options.on_event(
                Event(Kind.NOTE, text="already running: only what has changed is built and started")
            )
        require_free_disk()
        create_development_files(self.checkout.secrets)
        StackRecords.read(self.checkout).remember(stack)
        claim(stack)
        with ended_like_ctrl_c():
            status = self._bring_up(stack, options, was_running=running is not None)
            if status or options.detach or running is not None:
                return status
            return self._attend(stack, options)

    def _bring_up(self, stack: Stack, options: UpOptions, *, was_running: bool) -> int:
        began = time.monotonic()
        try:
            build_images(stack, logs=self.checkout.logs, on_event=options.on_event)
            start(stack, log=self.checkout.logs / "compose.log", on_event=options.on_event)
        except BaseException as error:
            self._after_failure(stack, was_running=was_running, options=options)
            if isinstance(error, StackFailure):
                text = sentence(str(error), error.hint)
                options.on_event(Event(Kind.FAILED, name=error.name, text=text, lines=error.lines))
                return 1
            raise
        options.on_event(Event(Kind.ALL_READY, seconds=time.monotonic() - began))
        return 0

    def down(self, on_event: OnEvent) -> bool:
        stacks = [stack for stack in self._stacks() if stack.containers()]
        if stacks:
            began = time.monotonic()
            on_event(Event(Kind.STOPPING))
            for stack in stacks:
                stack.down()
            on_event(Event(Kind.STOPPED, seconds=time.monotonic() - began))
        return bool(stacks)

    def reset(self, on_event: OnEvent) -> None:
        records = StackRecords.read(self.checkout)
        if records.ports and (lacks := engine_lacks()):
            raise ProblemError(
                f"the containers' data cannot be removed: {lacks}",
                hint=f"start Docker and repeat, or remove {self.checkout.private / 'containers.json'} to leave them",
            )
        for stack in records.stacks():
            if owner_of(stack) in (None, self.checkout.root):
                on_event(Event(Kind.NOTE, text=f"removing the containers and volumes of {stack.project}"))
                stack.down(volumes=True)
                release(stack)
        records.forget()

    def urls(self) -> list[Address]:
        return addresses(self._require_running().ports)

    def status(self) -> Status:
        stack = self._running()
        if stack is None:
            return Status(running=False, text="not running")
        ready = all(container.ready for container in stack.containers())
        return Status(running=True, ready=ready, text="ready" if ready else "starting")

    def output(self, name: str, *, lines: int, follow: bool) -> Iterator[tuple[str, str]]:
        stack = self._require_running()
        services = {container.service for container in stack.containers()}
        if name and name not in services:  # the output of builds
            yield from follow_logs(self.checkout.logs, name, lines=lines, follow=follow)
            return
        options = ["--no-color", "--tail", str(lines), *(["--follow"] if follow else [])]
        yield from self._follow(stack, *options, *([name] if name else []))

    def manage(self, arguments: list[str]) -> Command:
        """In a container of its own, under this user and with the source folder writable: it may write migrations.

        (Beside /app, which the service has mounted read-only: Compose keeps that mount whatever `run` is told.)
        """
        stack = self._require_running()
        source = ["--volume", f"{self.checkout.shop}:{_SOURCE}", "--workdir", _SOURCE]
        user = f"{os.getuid()}:{os.getgid()}"
        terminal = [] if sys.stdin.isatty() and sys.stdout.isatty() else ["--no-TTY"]
        run = ["run", "--rm", "--no-deps", *terminal, "--user", user, *source, "migrate"]
        return self._command(stack, *run, *_MANAGE, *arguments)

    def database_shell(self) -> Command:
        terminal = [] if sys.stdin.isatty() and sys.stdout.isatty() else ["--no-TTY"]
        return self._command(self._require_running(), "exec", *terminal, "postgres", "sh", "-c", PSQL)

    def _command(self, stack: Stack, *arguments: str) -> Command:
        return Command(stack.command(*arguments), stack.environment(), self.checkout.root)

    def _stacks(self) -> list[Stack]:
        """The projects that this checkout has started; none while no engine answers, since nothing runs then."""
        stacks = StackRecords.read(self.checkout).stacks()
        return stacks if stacks and not engine_lacks() else []

    def _running(self) -> Stack | None:
        for stack in self._stacks():
            if any(one.lives for one in stack.containers()):
                return stack
        return None

    def _require_running(self) -> Stack:
        stack = self._running()
        if stack is None:
            raise ProblemError("this checkout is not running", hint="make dev")
        return stack

    def _choose(self, *, isolated: bool) -> Stack:
        if not isolated:
            return Stack(self.checkout, PROJECT, StackPorts())
        project = isolated_project(self.checkout)
        # The last run's ports again when they are free: bookmarks and open pages stay right.
        ports = StackRecords.read(self.checkout).ports.get(project)
        if ports is None or any(is_taken(port) for port in ports.named().values()):
            ports = StackPorts.free()
        return Stack(self.checkout, project, ports)

    def _require_ours(self, stack: Stack) -> None:
        """Raises ProblemError when another checkout has containers or data under the project's name."""
        way_out = "make down (or make reset) there, or make dev ISOLATED=1 here"
        ours = str(self.checkout.root / "compose")
        for container in stack.containers():
            if container.folder not in ("", ours):
                raise ProblemError(f"container {container.name} belongs to {container.folder}", hint=way_out)
        owner = owner_of(stack)
        if owner not in (None, self.checkout.root) and owner.exists() and stack.has_data():
            raise ProblemError(f"the data of {stack.project} belong to the checkout {owner}", hint=way_out)

    def _require_free_ports(self, stack: Stack) -> None:
        taken = [port for port in stack.ports.named().values() if is_taken(port)]
        if not taken:
            return
        said = []
        for holder in holders(taken):
            container = publisher(holder.port)
            said.append(f"port {holder.port} is held by {container}" if container else str(holder))
        raise ProblemError(
            "; ".join(said), hint="end it (make down in its folder), or make dev ISOLATED=1 for free ports"
        )

    def _after_failure(self, stack: Stack, *, was_running: bool, options: UpOptions) -> None:
        """Nothing half-started stays; what ran before goes on."""
        if was_running:
            options.on_event(Event(Kind.NOTE, text="what ran before is left as it is; make down stops it"))
            return
        try:
            if stack.containers():
                options.on_event(Event(Kind.STOPPING))
                stack.down(grace_seconds=_HALF_STARTED_GRACE_SECONDS)
        except ProblemError as problem:
            options.on_event(Event(Kind.NOTE, text=f"could not be stopped: {problem.message}"))

    def _attend(self, stack: Stack, options: UpOptions) -> int:
        """Shows the output until Ctrl-C (then everything stops) or until somebody else has stopped it."""
        try:
            for service, text in self._follow(stack, "--no-color", "--follow", "--tail", "0"):
                options.on_line(service, text)
        except KeyboardInterrupt:
            self.down(options.on_event)
        return 0

    def _follow(self, stack: Stack, *arguments: str) -> Iterator[tuple[str, str]]:
        for line in lines_of(stack.command("logs", *arguments), stack.environment()):
            yield followed_line(line)
