"""Ports of loopback that lead to Services of a cluster: kubectl port-forward, begun anew whenever its pod goes.

A process of its own, known by its pid and start: python -m dhakacart.operations.cluster_forward LOG CONTEXT NAMESPACE
SERVICE:LOCAL:REMOTE...
"""

import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from dhakacart.operations import guardian
from dhakacart.operations.cluster_kubectl import Kubectl, kubectl_environment
from dhakacart.operations.cluster_space import Space, SpaceRecords
from dhakacart.operations.compose import StackPorts
from dhakacart.operations.identity import Identity, stop_groups
from dhakacart.operations.log_files import LogFile
from dhakacart.operations.programs import python

_AGAIN_SECONDS = 0.5
_CHATTER = b"Handling connection for"


def forwards(ports: StackPorts) -> list[str]:
    """What leads where: SERVICE:LOCAL:REMOTE."""
    return [
        f"edge:{ports.https}:443",
        f"edge:{ports.http}:80",
        f"simulator:{ports.simulator}:8090",
        f"prometheus:{ports.prometheus}:9090",
    ]


def start_forwarding(space: Space) -> None:
    """Starts the process, in place of an earlier one, and records it."""
    stop_forwarding(SpaceRecords.read(space.checkout))
    forwarder = forwarder_of(space, forwards(space.ports), log=space.checkout.logs / "port-forward.log")
    records = SpaceRecords.read(space.checkout)
    records.forwarder = forwarder
    records.write()


def forwarder_of(space: Space, specifications: Sequence[str], *, log: Path) -> Identity | None:
    """A process of its own that forwards until it is ended; None when it has ended already."""
    log.parent.mkdir(parents=True, exist_ok=True)
    words = [str(log), space.context, space.namespace, *specifications]
    process = subprocess.Popen(
        [python(), "-m", "dhakacart.operations.cluster_forward", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    return Identity.of(process.pid)


def stop_forwarding(records: SpaceRecords) -> None:
    """Ends the recorded process, if it lives."""
    if records.forwarder is None:
        return
    stop_groups([records.forwarder])
    records.forwarder = None
    records.write()


def keep_forwarding(log: LogFile, kubectl: Kubectl, specifications: Sequence[str]) -> None:
    """Forwards until SIGTERM or SIGINT."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    guardian.begin()
    targets: dict[str, list[str]] = {}
    for specification in specifications:
        service, _, ports = specification.partition(":")
        targets.setdefault(service, []).append(ports)
    threads = [
        threading.Thread(target=_forward, args=(log, kubectl, service, ports, stopping))
        for service, ports in targets.items()
    ]
    for thread in threads:
        thread.start()
    # In slices: a signal's handler runs in this thread, which a wait without an end would keep from it.
    while not stopping.wait(1.0):
        pass
    for thread in threads:
        thread.join()


def _forward(
    log: LogFile, kubectl: Kubectl, service: str, ports: list[str], stopping: threading.Event
) -> None:
    command = kubectl.command("port-forward", "--address", "127.0.0.1", f"service/{service}", *ports)
    while not stopping.is_set():
        process = subprocess.Popen(
            command,
            env=kubectl_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        # So that it ends even when this process is killed.
        guardian.watch(process.pid)
        ender = threading.Thread(target=_end_when, args=(stopping, process), daemon=True)
        ender.start()
        for line in process.stdout or ():
            if not line.startswith(_CHATTER):
                log.write(service.encode() + b": " + line)
        process.wait()
        guardian.release(process.pid)
        stopping.wait(_AGAIN_SECONDS)


def _end_when(stopping: threading.Event, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        if stopping.wait(_AGAIN_SECONDS):
            process.terminate()
            return


def main(arguments: Sequence[str]) -> None:
    log, context, namespace, *specifications = arguments
    keep_forwarding(LogFile(Path(log)), Kubectl(context, namespace), specifications)


if __name__ == "__main__":
    main(sys.argv[1:])
