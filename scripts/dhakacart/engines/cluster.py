"""The engine on a Kubernetes cluster: the local overlay, the same images, in a namespace of its own."""

import re
import sys
import time
from collections.abc import Iterator

from dhakacart.engines.in_containers import PSQL, addresses, ended_like_ctrl_c, lines_of, sentence
from dhakacart.engines.protocol import Address, Command, Status, UpOptions
from dhakacart.operations.cluster_forward import stop_forwarding
from dhakacart.operations.cluster_kubectl import kubectl_environment
from dhakacart.operations.cluster_overlay import render_space, require_add_ons
from dhakacart.operations.cluster_space import Space, SpaceRecords
from dhakacart.operations.cluster_start import is_ready
from dhakacart.operations.cluster_stop import delete_namespace, pods, stop_workloads
from dhakacart.operations.cluster_up import bring_up, here
from dhakacart.operations.docker import engine_lacks, require_free_disk
from dhakacart.operations.events import Event, Kind, OnEvent
from dhakacart.operations.log_files import follow_logs
from dhakacart.operations.manifests import NAME_LABEL, PART_LABEL
from dhakacart.operations.paths import Checkout
from dhakacart.operations.ports import holders, is_taken
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.stack_failure import StackFailure
from dhakacart.operations.tidying import remove_folders

_OURS = f"{PART_LABEL}=dhakacart"
# `[pod/web-5c9d-x7/web] text`
_PREFIXED = re.compile(r"\[pod/(?P<pod>[^/]+)/(?P<container>[^\]]+)\] ?(?P<text>.*)")


class ClusterEngine:
    """kubectl, on a context of k8s/contexts.yaml: every service as its image, edge at a forwarded port."""

    name = "cluster"
    not_automatic = "a cluster is asked for by name"

    def __init__(self, checkout: Checkout) -> None:
        self.checkout = checkout

    def available(self) -> tuple[bool, str]:
        try:
            context = here(self.checkout)
            space = SpaceRecords.read(self.checkout).space(context, isolated=False)
            if lacks := space.kubectl.answers():
                return False, lacks
            require_add_ons(space, render_space(space, {}))
        except ProblemError as problem:
            return False, sentence(problem.message, problem.hint)
        if lacks := engine_lacks():
            return False, f"images are built by Docker, and {lacks}"
        return True, f"the cluster of context {context.name} answers"

    def up(self, options: UpOptions) -> int:
        records = SpaceRecords.read(self.checkout)
        context = here(self.checkout)
        running = self._running()
        if running is not None and running.context != context.name:
            raise ProblemError(f"this checkout runs on context {running.context}", hint="make down")
        space = running or records.space(context, isolated=options.isolated)
        if running is None:
            stop_forwarding(records)
            _require_free_ports(space)
        else:
            options.on_event(
                Event(Kind.NOTE, text="already running: only what has changed is built and rolled out")
            )
        text = f"context {space.context}, namespace {space.namespace}"
        options.on_event(Event(Kind.NOTE, text=text))
        space.require_ours()
        require_free_disk()
        records.remember(space)
        with ended_like_ctrl_c():
            began = time.monotonic()
            try:
                bring_up(space, context, on_event=options.on_event)
            except BaseException as error:
                self._after_failure(space, was_running=running is not None, options=options)
                if isinstance(error, StackFailure):
                    told = sentence(str(error), error.hint)
                    options.on_event(Event(Kind.FAILED, name=error.name, text=told, lines=error.lines))
                    return 1
                raise
            options.on_event(Event(Kind.ALL_READY, seconds=time.monotonic() - began))
            if options.detach or running is not None:
                return 0
            return self._attend(space, options)

    def down(self, on_event: OnEvent) -> bool:
        stop_forwarding(SpaceRecords.read(self.checkout))
        spaces = [space for space in self._spaces() if pods(space.kubectl)]
        if spaces:
            began = time.monotonic()
            on_event(Event(Kind.STOPPING))
            for space in spaces:
                stop_workloads(space.kubectl)
            on_event(Event(Kind.STOPPED, seconds=time.monotonic() - began))
        return bool(spaces)

    def reset(self, on_event: OnEvent) -> None:
        records = SpaceRecords.read(self.checkout)
        stop_forwarding(records)
        for space in records.spaces():
            if lacks := space.kubectl.answers():
                file = self.checkout.private / "cluster.json"
                raise ProblemError(
                    f"the data in namespace {space.namespace} cannot be removed: {lacks}",
                    hint=f"start the cluster and repeat, or remove {file} to leave them",
                )
            if space.is_ours():
                text = f"removing namespace {space.namespace} of context {space.context}"
                on_event(Event(Kind.NOTE, text=text))
                delete_namespace(space.kubectl)
        records.forget()
        remove_folders(self.checkout.private / "cluster")

    def urls(self) -> list[Address]:
        return addresses(self._require_running().ports, shop_is="the shop, as built (live: tilt up)")

    def status(self) -> Status:
        space = self._running()
        if space is None:
            return Status(running=False, text="not running")
        items = space.kubectl.items("deployments,statefulsets", "--selector", _OURS)
        forwarder = SpaceRecords.read(self.checkout).forwarder
        if not all(is_ready(one) for one in items):
            return Status(running=True, text="starting")
        if forwarder is None or not forwarder.alive():
            return Status(running=True, text="ready, but no port is forwarded: make dev ENGINE=cluster")
        return Status(running=True, ready=True, text="ready")

    def output(self, name: str, *, lines: int, follow: bool) -> Iterator[tuple[str, str]]:
        space = self._require_running()
        selector = f"{_OURS},{NAME_LABEL}={name}" if name else _OURS
        if name and not space.kubectl.call("get", "pods", "--selector", selector, "-o", "name").strip():
            yield from follow_logs(
                self.checkout.logs, name, lines=lines, follow=follow
            )  # of builds, of forwarding
            return
        yield from self._logs(
            space, "--selector", selector, "--tail", str(lines), *(["--follow"] if follow else [])
        )

    def manage(self, arguments: list[str]) -> Command:
        """In the pod of web. Its file system is read-only: migrations are written by another engine."""
        if arguments[:1] == ["makemigrations"] and not {"--check", "--dry-run"} & set(arguments):
            raise ProblemError(
                "a pod cannot write migrations into this checkout",
                hint="make down && make dev ENGINE=embedded (or containers), and repeat",
            )
        return self._exec("deployment/web", "web", "python", "manage.py", *arguments)

    def database_shell(self) -> Command:
        return self._exec("statefulset/postgres", "postgres", "sh", "-c", PSQL)

    def _exec(self, target: str, container: str, *words: str) -> Command:
        terminal = ["--stdin", *(["--tty"] if sys.stdin.isatty() and sys.stdout.isatty() else [])]
        command = self._require_running().kubectl.command(
            "exec", *terminal, target, "--container", container, "--", *words
        )
        return Command(command, kubectl_environment(), self.checkout.root)

    def _spaces(self) -> list[Space]:
        """The namespaces that this checkout has started; none of a cluster that does not answer, nor another's."""
        spaces = SpaceRecords.read(self.checkout).spaces()
        answering = {one.context for one in spaces if not one.kubectl.answers()}
        return [space for space in spaces if space.context in answering and space.is_ours()]

    def _running(self) -> Space | None:
        return next((space for space in self._spaces() if pods(space.kubectl)), None)

    def _require_running(self) -> Space:
        space = self._running()
        if space is None:
            raise ProblemError("this checkout is not running", hint="make dev ENGINE=cluster")
        return space

    def _after_failure(self, space: Space, *, was_running: bool, options: UpOptions) -> None:
        """Nothing half-started stays; what ran before goes on."""
        if was_running:
            options.on_event(Event(Kind.NOTE, text="what ran before is left as it is; make down stops it"))
            return
        try:
            stop_forwarding(SpaceRecords.read(self.checkout))
            if space.is_ours() and pods(space.kubectl):
                options.on_event(Event(Kind.STOPPING))
                stop_workloads(space.kubectl)
        except ProblemError as problem:
            options.on_event(Event(Kind.NOTE, text=f"could not be stopped: {problem.message}"))

    def _attend(self, space: Space, options: UpOptions) -> int:
        """Shows the output until Ctrl-C (then everything stops) or until somebody else has stopped it."""
        try:
            for service, text in self._logs(space, "--selector", _OURS, "--tail", "0", "--follow"):
                options.on_line(service, text)
        except KeyboardInterrupt:
            self.down(options.on_event)
        return 0

    def _logs(self, space: Space, *arguments: str) -> Iterator[tuple[str, str]]:
        command = space.kubectl.command(
            "logs", "--prefix", "--all-containers", "--max-log-requests=100", *arguments
        )
        for line in lines_of(command, kubectl_environment()):
            yield prefixed_line(line)


def prefixed_line(line: str) -> tuple[str, str]:
    """(service, text) of a line of `kubectl logs --prefix`."""
    found = _PREFIXED.fullmatch(line.rstrip("\r\n"))
    return (found["container"], found["text"]) if found else ("", line.rstrip("\r\n"))


def _require_free_ports(space: Space) -> None:
    taken = [port for port in space.ports.named().values() if is_taken(port)]
    if taken:
        said = "; ".join(str(holder) for holder in holders(taken))
        raise ProblemError(
            said, hint="end it (make down in its folder), or make dev ISOLATED=1 for free ports"
        )
