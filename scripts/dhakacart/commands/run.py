"""Running an engine's command to its end."""

import subprocess

from dhakacart.engines.protocol import Command


def run(command: Command) -> int:
    """Runs it on this terminal; its exit status."""
    return subprocess.run(command.words, cwd=command.folder, env=command.environment, check=False).returncode
