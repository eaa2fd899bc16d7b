"""The process that leads ports of loopback into a cluster: however it ends, its kubectl ends with it."""

import signal
import subprocess
import sys

import psutil
import pytest

from dhakacart.operations.waiting import wait_for

PATIENCE_SECONDS = 20.0
# The real program before a stand-in for kubectl, which it would take from its own environment.
FORWARD = """
import sys
from dhakacart.operations import cluster_forward, cluster_kubectl
program, *arguments = sys.argv[1:]
cluster_kubectl.kubectl_program = lambda: program
cluster_forward.main(arguments)
"""


@pytest.fixture
def forwarder(stand_in, tmp_path):
    """It runs, and has started one kubectl for each of two Services."""
    folder, told_to = stand_in("kubectl")
    told_to({"to": "port-forward", "seconds": 600})
    words = [str(folder / "kubectl"), str(tmp_path / "log"), "context", "space"]
    process = subprocess.Popen(
        [sys.executable, "-c", FORWARD, *words, "edge:8443:443", "edge:8080:80", "simulator:8090:8090"],
        start_new_session=True,
    )
    yield process
    if process.poll() is None:
        process.terminate()
    process.wait(PATIENCE_SECONDS)


def kubectls(process):
    children = psutil.Process(process.pid).children()
    return [child.pid for child in children if "port-forward" in child.cmdline()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_its_kubectls_end_with_it(forwarder, gone, number):
    """SIGKILL leaves it no time: its guardian ends them."""
    assert wait_for(lambda: len(kubectls(forwarder)) == 2, timeout_seconds=PATIENCE_SECONDS)
    # Its own thread, one for each kubectl, and one more for each that the guardian has been told of.
    started = psutil.Process(forwarder.pid)
    assert wait_for(lambda: started.num_threads() == 5, timeout_seconds=PATIENCE_SECONDS)
    pids = kubectls(forwarder)

    forwarder.send_signal(number)
    forwarder.wait(PATIENCE_SECONDS)

    assert gone(pids)
