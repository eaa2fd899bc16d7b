"""Sizes, shares of a processor and durations, as Compose and Docker write them (of Kubernetes: operations.manifests)."""

import re

from dhakacart.operations.problem import ProblemError

KIB = 1024
# Docker's k, m and g are powers of 1024, in either case, with or without a `b`.
_DOCKER = {"": 1, "b": 1, "k": KIB, "m": KIB**2, "g": KIB**3, "t": KIB**4}
_NUMBER_UNIT = re.compile(r"([0-9]*\.?[0-9]+)([A-Za-z]*)")
_DURATION_PART = re.compile(r"([0-9]*\.?[0-9]+)(h|ms|us|m|s)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6}


def docker_bytes(text: str | int) -> int:
    """512M, 1g, 64mb, or plain bytes. Raises ProblemError."""
    number, unit = _split(text)
    unit = unit.lower()
    unit = unit[:-1] if len(unit) > 1 and unit.endswith("b") else unit
    if unit not in _DOCKER:
        raise ProblemError(f"not a size as Compose writes it: {text!r}", hint="write it like 512M")
    return round(number * _DOCKER[unit])


def cores(text: str | float) -> float:
    """Processors: 0.5, 2. Raises ProblemError."""
    number, unit = _split(text)
    if unit:
        raise ProblemError(f"not a number of processors: {text!r}", hint="write it like 0.5")
    return number


def seconds(text: str | float) -> float:
    """65s, 1m5s, 500ms, or a plain number of seconds. Raises ProblemError."""
    if isinstance(text, int | float):
        return float(text)
    parts = _DURATION_PART.findall(text)
    if "".join(number + unit for number, unit in parts) != text or not parts:
        raise ProblemError(f"not a duration: {text!r}", hint="write it like 65s")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def show_bytes(number: int) -> str:
    """512 MiB, 1 GiB; bytes where they make no whole KiB."""
    for unit, size in (("GiB", KIB**3), ("MiB", KIB**2), ("KiB", KIB)):
        if number >= size and number % size == 0:
            return f"{number // size} {unit}"
    return f"{number} bytes"


def _split(text: str | float) -> tuple[float, str]:
    found = _NUMBER_UNIT.fullmatch(str(text).strip())
    if not found:
        raise ProblemError(f"not a quantity: {text!r}", hint="write it like 512M or 0.5")
    return float(found[1]), found[2]
