#!/usr/bin/env python3
"""What must hold before a change lands: `make check`, the README's test command, and the same shop in containers where this
machine can have an engine, and on Kubernetes where it can have a cluster (then they must work). The first stage that
fails ends it. Its last line has each stage's seconds. FULL=1 leaves nothing out.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MACHINE = ROOT.parent / "shared"
QUIET = {"TILT_DISABLE_ANALYTICS": "1", "TILT_CLOUD_ADDRESS": "localhost:9"}
# Seconds that the cluster's suite may take, and everything, on a new machine.
BUDGETS_SECONDS = {"cluster": 18 * 60, "total": 55 * 60}
# The first word of a node's file is its first process, whose end is the end of all that runs there.
POWER_OFF = '#!/bin/sh\nkill -9 "$(cut -d" " -f1 "/run/dhaka-cluster/node${1#dhaka-}.pid")"\n'


class Run:
    """The stages that have passed, and their seconds."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._seconds: dict[str, float] = {}

    def stage(self, name: str, *command: str | Path, **variables: str | Path) -> None:
        """Runs it in the checkout; ends everything when it fails."""
        began = time.monotonic()
        print(f"=== {name}: {' '.join(map(str, command))}", flush=True)
        environment = {**os.environ, **QUIET, **{key: str(value) for key, value in variables.items()}}
        status = subprocess.run(list(map(str, command)), cwd=ROOT, env=environment, check=False).returncode
        self._seconds[name] = time.monotonic() - began
        if status != 0:
            print(f"=== {name} FAILED with {status}; {self.times()}", flush=True)
            sys.exit(1)

    def times(self) -> str:
        """`check 32 s; test 364 s; ...; total 2300 s`, and which is more than it may be."""
        seconds = {**self._seconds, "total": time.monotonic() - self._began}
        over = [name for name, most in BUDGETS_SECONDS.items() if seconds.get(name, 0) > most]
        table = "; ".join(f"{name} {value:.0f} s" for name, value in seconds.items())
        return table + (f"; OVER ITS BUDGET: {', '.join(over)}" if over else "")


def has_browser() -> bool:
    """Whether the browser tests' own are here: Debian's Chromium, and a Bangla font."""
    fonts = shutil.which("fc-list")
    if fonts is None or shutil.which("chromium") is None:
        return False
    return bool(subprocess.run([fonts, ":lang=bn"], capture_output=True, check=False).stdout)


def power(folder: Path) -> dict[str, Path]:
    """Commands that switch a node of this machine's cluster off and on; they get its name."""
    off, on = folder / "off", folder / "on"
    off.write_text(POWER_OFF)
    on.write_text(f"#!/bin/sh\nexec {MACHINE}/cluster/up --nodes 3\n")
    off.chmod(0o755)
    on.chmod(0o755)
    return {"CLUSTER_POWER_OFF": off, "CLUSTER_POWER_ON": on}


def main() -> None:
    run = Run()
    if not has_browser():
        packages = "DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-core fontconfig"
        run.stage("browser", "sh", "-c", f"apt-get update -qq && {packages} >/dev/null")
    run.stage("check", "make", "check")
    run.stage("test", "make", "test", REQUIRE_BROWSER="1")
    left = []
    engine, cluster = MACHINE / "engine" / "up", MACHINE / "cluster"
    if engine.exists():
        run.stage("engine", engine)
        run.stage("images", "make", "images")
        run.stage("containers", "make", "test-containers", REQUIRE_BROWSER="1", REQUIRE_ENGINE="1")
    else:
        left.append("containers (no way to an engine here)")
    if (cluster / "up").exists():
        run.stage("cluster-up", cluster / "up", "--nodes", "3")
        run.stage("add-ons", cluster / "addon", "keda", "cert-manager", "registry")
        with tempfile.TemporaryDirectory() as folder:
            switches = power(Path(folder)) if os.environ.get("FULL") == "1" else {}
            load = cluster / "load"
            run.stage("cluster", "make", "test-cluster", CLUSTER_LOAD=load, REQUIRE_CLUSTER="1", **switches)
    else:
        left.append("cluster (no way to one here)")
    print(f"ci passed: {run.times()}{'; LEFT OUT: ' + ', '.join(left) if left else ''}")


if __name__ == "__main__":
    main()
