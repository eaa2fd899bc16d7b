"""The local authority in this machine's own store of authorities, so that browsers and tools accept its certificates.

The standard library only: doctor asks here before anything is installed.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from dhakacart.operations.problem import ProblemError

AUTHORITY_NAME = "DhakaCart local authority"
# Debian and its kin: update-ca-certificates takes every *.crt from here.
DEBIAN_FILE = Path("/usr/local/share/ca-certificates/dhakacart-local-authority.crt")
APPLE_KEYCHAIN = "/Library/Keychains/System.keychain"


def authority_file(secrets: Path) -> Path:
    """The authority's certificate below the folder of secrets."""
    return secrets / "authority" / "ca.crt"


def trust_commands(system: str, authority: Path) -> list[list[str]]:
    """What installs the authority; each command needs root. Raises ProblemError where we do not know the way.

    system: sys.platform.
    """
    if system == "darwin":
        options = ["-d", "-r", "trustRoot", "-k", APPLE_KEYCHAIN]
        return [["security", "add-trusted-cert", *options, str(authority)]]
    if system.startswith("linux") and shutil.which("update-ca-certificates"):
        return [["install", "-m", "0644", str(authority), str(DEBIAN_FILE)], ["update-ca-certificates"]]
    raise ProblemError(
        "no update-ca-certificates here, so the authority cannot be installed by this command",
        hint=f"import {authority} as an authority by your system's own means",
    )


def trust(system: str, authority: Path, *, is_root: bool, show: Callable[[list[str]], None]) -> None:
    """Installs the authority, by sudo unless we are root; each command is shown first.

    Raises ProblemError when there is no sudo, and when a command fails.
    """
    commands = trust_commands(system, authority)
    if not is_root:
        if shutil.which("sudo") is None:
            raise ProblemError(
                "installing an authority needs root, and there is no sudo",
                hint=f"as root: {' && '.join(' '.join(command) for command in commands)}",
            )
        commands = [["sudo", *command] for command in commands]
    for command in commands:
        show(command)
        status = subprocess.run(command, check=False).returncode
        if status != 0:
            raise ProblemError(f"{' '.join(command)} ended with status {status}", hint="it needs root")


def trusted(system: str, authority: Path, debian_file: Path = DEBIAN_FILE) -> bool | None:
    """Whether this very authority is installed; None where that cannot be told."""
    if system == "darwin":
        found = subprocess.run(
            ["security", "find-certificate", "-a", "-p", "-c", AUTHORITY_NAME, APPLE_KEYCHAIN],
            capture_output=True,
            text=True,
            check=False,
        )
        return authority.read_text().strip() in found.stdout
    if system.startswith("linux") and debian_file.parent.is_dir():
        return debian_file.is_file() and debian_file.read_bytes() == authority.read_bytes()
    return None
