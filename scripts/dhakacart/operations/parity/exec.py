"""Reading a container's first process by a program that can run commands in it: docker exec, kubectl exec."""

import subprocess
from collections.abc import Mapping, Sequence

from dhakacart.operations.parity.process import SCRIPT, Process, read
from dhakacart.operations.problem import ProblemError

_SECONDS = 60.0


def read_process(command: Sequence[str], name: str, environment: Mapping[str, str]) -> Process:
    """command is all that stands before the words that run in the container, environment its variables.

    Raises ProblemError with this name.
    """
    try:
        result = subprocess.run(
            [*command, "sh", "-c", SCRIPT],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise ProblemError(f"{name} has not let itself be read within {_SECONDS:g} s") from None
    if result.returncode != 0:
        reason = " ".join(result.stderr.decode(errors="replace").split())[:300]
        raise ProblemError(f"{name} could not be read: {reason}", hint="is it being restarted?")
    try:
        return read(result.stdout)
    except (ProblemError, KeyError, IndexError, ValueError) as error:
        raise ProblemError(f"{name} could not be read: {error}") from None
