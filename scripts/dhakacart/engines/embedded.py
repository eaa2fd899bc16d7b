"""The embedded engine: real processes on this machine, without Docker and without root."""

import asyncio
import shutil
import signal
import sys
import time
from collections.abc import Iterator

from dhakacart.engines.embedded_services import addresses, build_services, shop_environment
from dhakacart.engines.protocol import Address, Command, Status, UpOptions
from dhakacart.operations import daemon
from dhakacart.operations.environment import from_the_shell
from dhakacart.operations.events import Event, Kind, OnEvent
from dhakacart.operations.identity import Identity, stop_groups, wait_until_gone
from dhakacart.operations.log_files import follow_logs
from dhakacart.operations.paths import Checkout
from dhakacart.operations.ports import Ports, holders, is_taken
from dhakacart.operations.postgres_binaries import binaries, coverage, make_public_folder
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.redis import server_binary
from dhakacart.operations.secrets import create_development_secrets, read_secret
from dhakacart.operations.state import State, StateFolder
from dhakacart.operations.supervisor import Supervisor
from dhakacart.operations.tidying import remove_folders

_DOWN_SECONDS = 60.0


class EmbeddedEngine:
    """PostgreSQL and a Redis-compatible server from wheels, Node from a wheel, one supervisor."""

    name = "embedded"
    not_automatic = ""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout = checkout
        self.state = StateFolder(checkout.run)

    def available(self) -> tuple[bool, str]:
        if coverage() is None:
            return False, "no PostgreSQL 17 wheel covers this machine and Python (3.12 or newer covers most)"
        try:
            server_binary()
        except ProblemError as error:
            return False, error.message
        return True, "needs no Docker and no root"

    def up(self, options: UpOptions) -> int:
        state = self.state.living()
        if state is not None:
            if not state.ready:
                raise ProblemError(
                    f"process {state.supervisor.pid} is starting this checkout just now",
                    hint="wait, or make down",
                )
            options.on_event(Event(Kind.NOTE, text="already running: nothing to start"))
            options.on_event(Event(Kind.ALL_READY))
            return 0
        if options.detach:
            return daemon.start_and_follow(
                ["supervise", *(["--isolated"] if options.isolated else [])],
                log=self.checkout.logs / "supervisor.log",
                on_event=options.on_event,
            )
        return self.supervise(options)

    def supervise(self, options: UpOptions) -> int:
        """Runs everything in this process until it is asked to stop."""
        make_public_folder(self.checkout.run)
        if not self.state.acquire():
            raise ProblemError("another make dev holds this checkout", hint="make down")
        if left := self.state.stop_leftovers():
            options.on_event(Event(Kind.NOTE, text=f"stopped {left} processes that a killed run had left"))
        ports = self._ports(isolated=options.isolated)
        create_development_secrets(self.checkout.secrets)
        for folder in ("ready", "metrics"):
            shutil.rmtree(self.checkout.run / folder, ignore_errors=True)
            (self.checkout.run / folder).mkdir()
        me = Identity.of_this_process()
        state = State(supervisor=me, ports=ports, isolated=options.isolated)
        self.state.write(state)

        def on_event(event: Event) -> None:
            if event.kind is Kind.ALL_READY:
                state.ready = True
                self.state.write(state)
            options.on_event(event)

        def on_change(processes: list[Identity]) -> None:
            state.processes = processes
            self.state.write(state)

        async def run() -> int:
            return await Supervisor(
                build_services(self.checkout, ports),
                logs=self.checkout.logs,
                on_event=on_event,
                on_line=options.on_line,
                on_change=on_change,
            ).run()

        try:
            return asyncio.run(run())
        finally:
            self.state.clear()

    def down(self, on_event: OnEvent) -> bool:
        state = self.state.read()
        if state is None:
            return False
        began = time.monotonic()
        supervised = state.supervisor.alive()
        if supervised:
            on_event(Event(Kind.STOPPING))
            state.supervisor.send_signal(signal.SIGTERM)
            if wait_until_gone([state.supervisor], timeout_seconds=_DOWN_SECONDS):
                state.supervisor.send_signal(signal.SIGKILL)
                wait_until_gone([state.supervisor], timeout_seconds=1.0)
            state = self.state.read() or state
        left = [identity for identity in state.processes if identity.alive()]
        stop_groups(left)
        self.state.clear()
        on_event(Event(Kind.STOPPED, seconds=time.monotonic() - began))
        return supervised or bool(left)

    def reset(self, on_event: OnEvent) -> None:
        self.down(on_event)
        remove_folders(self.checkout.data)

    def urls(self) -> list[Address]:
        return addresses(self._living().ports)

    def status(self) -> Status:
        state = self.state.living()
        if state is None:
            return Status(running=False, text="not running")
        return Status(running=True, ready=state.ready, text="ready" if state.ready else "starting")

    def output(self, name: str, *, lines: int, follow: bool) -> Iterator[tuple[str, str]]:
        return follow_logs(self.checkout.logs, name, lines=lines, follow=follow)

    def manage(self, arguments: list[str]) -> Command:
        create_development_secrets(self.checkout.secrets)
        state = self.state.living()
        environment = shop_environment(self.checkout, state.ports if state is not None else Ports())
        return Command([sys.executable, "manage.py", *arguments], environment, self.checkout.shop)

    def database_shell(self) -> Command:
        shop = shop_environment(self.checkout, self._living().ports)
        psql = binaries(self.checkout.cache) / "psql"
        environment = {
            **from_the_shell(),
            "PGHOST": shop["DATABASE_HOST"],
            "PGPORT": shop["DATABASE_PORT"],
            "PGUSER": shop["DATABASE_USER"],
            "PGDATABASE": shop["DATABASE_NAME"],
            "PGPASSWORD": read_secret(self.checkout.secrets, "database_password"),
        }
        return Command([str(psql)], environment, self.checkout.shop)

    def _living(self) -> State:
        state = self.state.living()
        if state is None:
            raise ProblemError("this checkout is not running", hint="make dev")
        return state

    def _ports(self, *, isolated: bool) -> Ports:
        if not isolated:
            ports = Ports()
            if taken := holders(list(ports.named().values())):
                raise ProblemError(
                    "; ".join(str(holder) for holder in taken),
                    hint="end it (make down in its folder), or make dev ISOLATED=1 for free ports",
                )
            return ports
        # The last run's ports again when they are free: bookmarks and open pages stay right.
        remembered = self.state.remembered_ports()
        if remembered is None or any(is_taken(port) for port in remembered.named().values()):
            remembered = Ports.free()
            self.state.remember_ports(remembered)
        return remembered
