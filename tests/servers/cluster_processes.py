"""The first process of a pod's container, found in this machine's own list of processes; for a kill that nobody asked for.

That works where the cluster's nodes share this machine's kernel (as containers or namespaces of it), and as root.
"""

import os
import re
import signal
from pathlib import Path

from servers.cluster import ClusterShop, until

from dhakacart.operations.manifests import Object

GONE_SECONDS = 30.0


def first_process(pod: Object, container: str) -> int | None:
    """Its id here; None when this machine's kernel does not know the container, or not to this user."""
    status = next(one for one in pod["status"]["containerStatuses"] if one["name"] == container)
    identity = str(status.get("containerID", "")).rpartition("/")[2]
    if not re.fullmatch(r"[0-9a-f]{64}", identity):
        return None
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if identity not in (folder / "cgroup").read_text():
                continue
            numbers = re.search(r"^NSpid:\s+(.*)$", (folder / "status").read_text(), re.MULTILINE)
        except OSError:
            continue
        # Inside its own namespace of processes it is the first.
        if numbers and numbers[1].split()[-1] == "1":
            return int(folder.name)
    return None


def can_kill(shop: ClusterShop) -> bool:
    """Whether the processes of this cluster's containers are within reach."""
    return os.geteuid() == 0 and first_process(shop.pods("edge")[0], "edge") is not None


def kill(shop: ClusterShop, pod: Object, container: str) -> None:
    """-9 to the container's first process, as from the kernel; returns when it has gone."""
    process = first_process(pod, container)
    assert process is not None, f"{pod['metadata']['name']}: {container} does not run"
    os.kill(process, signal.SIGKILL)
    until(f"{container} has ended", lambda: first_process(pod, container) != process, seconds=GONE_SECONDS)
