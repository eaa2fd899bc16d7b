"""PostgreSQL 17 for the embedded engine and the tests: real, on loopback, password-protected, without root.

The cluster has libc's C.UTF-8: trigrams of Bangla need it (the builtin C.UTF-8 and C find none). The superuser is
`postgres`; the shop's own role `dhakacart` may create databases (the tests make theirs) and nothing more.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from dhakacart.operations import guardian
from dhakacart.operations.identity import Identity
from dhakacart.operations.ports import LOOPBACK
from dhakacart.operations.postgres_binaries import (
    MAJOR_VERSION,
    UNPRIVILEGED_ID,
    binaries,
    make_public_folder,
    run_as,
)
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.waiting import wait_for

NAME = "dhakacart"
SUPERUSER = "postgres"
MAX_CONNECTIONS = 200
_START_SECONDS = 30.0
_STOP_SECONDS = 20.0
_RESET_HINT = "make reset starts over with fresh data"
# glibc's words
_MISSING_LIBRARY = re.compile(r"error while loading shared libraries: ([^:\s]+):")
_UNDURABLE = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
)


class PostgresServer:
    """One cluster in a folder of its own, served on one port of loopback.

    `folder` must not exist or hold a cluster made here. `durable=False` gives up safety against power loss for
    speed: for tests only.
    """

    def __init__(
        self, *, folder: Path, port: int, password: str, superuser_password: str, cache: Path, durable: bool
    ) -> None:
        self.folder = folder
        self.port = port
        self.cache = cache
        self.durable = durable
        self._password = password
        self._superuser_password = superuser_password
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def user(self) -> int | None:
        """The numeric user to run `command()` under: None means as we are."""
        return run_as()

    def command(self) -> list[str]:
        """The server in the foreground; it logs to standard error."""
        settings = [
            f"listen_addresses={LOOPBACK}",
            f"port={self.port}",
            "unix_socket_directories=",
            f"max_connections={MAX_CONNECTIONS}",
            "shared_buffers=128MB",
            "password_encryption=scram-sha-256",
            "timezone=UTC",
            "log_timezone=UTC",
            *(() if self.durable else _UNDURABLE),
        ]
        options = [part for setting in settings for part in ("-c", setting)]
        return [str(binaries(self.cache) / "postgres"), "-D", str(self.folder), *options]

    def environment(self) -> dict[str, str]:
        """Nothing of ours that might redirect it (PGDATA, PGPORT), and messages that the tests can read."""
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": _locale(), "TZ": "UTC"}

    def initialise(self) -> bool:
        """Makes the cluster when there is none; True when it did.

        Raises ProblemError for data of another major version, and when initdb fails.
        """
        version_file = self.folder / "PG_VERSION"
        if version_file.exists():
            version = version_file.read_text().strip()
            if version != MAJOR_VERSION:
                raise ProblemError(
                    f"the data in {self.folder} is of PostgreSQL {version}, this is PostgreSQL {MAJOR_VERSION}",
                    hint=_RESET_HINT,
                )
            return False
        if self.folder.exists() and any(self.folder.iterdir()):
            raise ProblemError(
                f"{self.folder} holds something that is not a database cluster", hint=_RESET_HINT
            )
        self._require_name()
        make_public_folder(self.folder.parent)
        # In a staging folder first: a start killed half-way leaves no half cluster under the real name.
        staging = self.folder.with_name(f".{self.folder.name}.initdb")
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700)
        if self.user is not None:
            os.chown(staging, UNPRIVILEGED_ID, UNPRIVILEGED_ID)
        self._initdb(staging)
        self._create_role_and_database(staging)
        if self.folder.exists():
            self.folder.rmdir()
        staging.rename(self.folder)
        return True

    def start(self) -> None:
        """Initialises at need, starts, and waits until it accepts this password. Raises ProblemError."""
        self.initialise()
        log = self.folder.with_name(f"{self.folder.name}.log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd="/",
                env=self.environment(),
                **self._credentials(),
            )
        guardian.watch(process.pid, signal.SIGINT if self.durable else signal.SIGQUIT)
        self._process = process
        try:
            wait_for(lambda: process.poll() is not None or self.ready(), timeout_seconds=_START_SECONDS)
            if process.poll() is not None or not self.ready():
                raise ProblemError(f"PostgreSQL did not start on port {self.port}: {log.read_text()[-800:]}")
        except BaseException:
            self.stop()
            raise

    def ready(self) -> bool:
        """Whether this cluster (not another server on its port) accepts connections with this password.

        Raises ProblemError when it answers but refuses the password: waiting longer would not help.
        """
        import psycopg

        if not self._says_ready():
            return False
        try:
            with psycopg.connect(
                host=LOOPBACK,
                port=self.port,
                user=NAME,
                dbname=NAME,
                password=self._password,
                connect_timeout=2,
            ):
                return True
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise ProblemError(
                    f"the database in {self.folder} was made with another password (its secrets are lost)",
                    hint=_RESET_HINT,
                ) from None
            return False

    def _says_ready(self) -> bool:
        """postmaster.pid: its first line is the pid, its eighth the state; a killed server leaves it behind."""
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
            return lines[7].strip() == "ready" and Identity.of(int(lines[0])) is not None
        except (OSError, IndexError, ValueError):
            return False

    def stop(self) -> None:
        """Stops it: a fast shutdown that ends sessions, at last SIGKILL. One that is not running is no error."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        guardian.release(process.pid)

    def _credentials(self) -> dict[str, Any]:
        if self.user is None:
            return {}
        return {"user": self.user, "group": self.user, "extra_groups": []}

    def _require_name(self) -> None:
        """Raises ProblemError when the number that initdb will run under stands for no user: it asks for the name."""
        number = os.geteuid() if self.user is None else self.user
        try:
            pwd.getpwuid(number)
        except KeyError:
            raise ProblemError(
                f"PostgreSQL's initdb does not run under user {number}, who has no name on this machine",
                hint=f"as root: useradd --uid {number} dhakacart; or work as a user who is in /etc/passwd",
            ) from None

    def _initdb(self, staging: Path) -> None:
        with tempfile.TemporaryDirectory(prefix="initdb-", dir=self.folder.parent) as private:
            # The password goes by a file that only the server's account reads: a command line is public.
            password_file = Path(private) / "password"
            password_file.write_text(self._superuser_password)
            password_file.chmod(0o400)
            if self.user is not None:
                for path in (Path(private), password_file):
                    os.chown(path, UNPRIVILEGED_ID, UNPRIVILEGED_ID)
            self._run(
                [
                    str(binaries(self.cache) / "initdb"),
                    *("-D", str(staging), "-U", SUPERUSER, "--pwfile", str(password_file)),
                    *(
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale-provider=libc",
                        f"--locale={_locale()}",
                    ),
                    *("--no-instructions", "--no-sync"),
                ],
                what="initdb",
            )

    def _create_role_and_database(self, staging: Path) -> None:
        """In single-user mode, by standard input: before any port is open, and without the password in a list."""
        password = self._password.replace("'", "''")
        statements = (
            f"CREATE ROLE {NAME} LOGIN CREATEDB PASSWORD '{password}';\n"
            f"CREATE DATABASE {NAME} OWNER {NAME};\n"
            f"REVOKE ALL ON DATABASE {SUPERUSER} FROM PUBLIC;\nGRANT CONNECT ON DATABASE {SUPERUSER} TO {NAME};\n"
        )
        output = self._run(
            [
                str(binaries(self.cache) / "postgres"),
                *("--single", "-D", str(staging), "-c", "password_encryption=scram-sha-256", SUPERUSER),
            ],
            what="the first database",
            standard_input=statements,
        )
        if "ERROR" in output:
            raise ProblemError(f"the first database was not made: {output[-500:]}")

    def _run(self, command: list[str], *, what: str, standard_input: str = "") -> str:
        result = subprocess.run(
            command,
            input=standard_input,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd="/",
            env=self.environment(),
            **self._credentials(),
        )
        output = str(result.stdout)
        if missing := _MISSING_LIBRARY.search(output):
            raise ProblemError(
                f"PostgreSQL's programs need {missing[1]}, which this machine does not have",
                hint="make doctor says which package brings it",
            )
        if result.returncode != 0:
            raise ProblemError(f"{what} failed: {output.strip()[-800:]}")
        return output


def _locale() -> str:
    """libc's C.UTF-8; macOS has it only under another name, with the same classes of letters."""
    return "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
