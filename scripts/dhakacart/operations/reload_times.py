"""Seconds from saving a file until the running shop shows it: live reload against a full rebuild, on the same machine.

What is timed is what an engineer waits for: web by an HTTP answer, the worker by a task's result (read through web),
the storefront by the component as Vite serves it; under Tilt each of them through the edge.
"""

import contextlib
import statistics
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import httpx

from dhakacart.operations.problem import ProblemError
from dhakacart.operations.reload_probe import ADDRESS, COMPONENT_ADDRESS, Probe
from dhakacart.operations.reload_targets import Target

_POLL_SECONDS = 0.03
_TIMEOUT_SECONDS = 180.0
_REQUEST_SECONDS = 5.0


@dataclass(frozen=True)
class Row:
    """One part of one target: seconds of each save, and of each full rebuild, in the order of measurement."""

    target: str
    part: str
    reload_seconds: list[float]
    rebuild_seconds: list[float]

    @property
    def reload_median(self) -> float:
        return statistics.median(self.reload_seconds)

    @property
    def rebuild_median(self) -> float:
        return statistics.median(self.rebuild_seconds)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def measure(name: str, target: Target, probe: Probe, *, rounds: int) -> list[Row]:
    """So many saves, and two rebuilds; one save before, which is not counted. Raises ProblemError after a time-out."""
    times: dict[str, list[float]] = {"web": [], "worker": [], "storefront": []}
    rebuilds: dict[str, list[float]] = {"web": [], "worker": [], "storefront": []}
    with probe.placed(_marker()):
        for number in range(rounds + 1):
            for part, seconds in _one_change(target, probe).items():
                if number > 0:
                    times[part].append(seconds)
        for _ in range(2):
            for part, seconds in _one_change(
                target, probe, shop=target.rebuild_shop, storefront=target.rebuild_storefront
            ).items():
                rebuilds[part].append(seconds)
    return [Row(name, part, times[part], rebuilds[part]) for part in times]


def _one_change(
    target: Target,
    probe: Probe,
    *,
    shop: Callable[[], None] | None = None,
    storefront: Callable[[], None] | None = None,
) -> dict[str, float]:
    """Saves each file once, runs what is to be run then, and takes the time until each part shows it."""
    marker = _marker()
    began = time.monotonic()
    probe.save_shop(marker)
    if shop:
        shop()
    seconds = _until_shown(target, began, ("web", "worker"), lambda client: _shop_shows(client, marker))
    began = time.monotonic()
    probe.save_storefront(marker)
    if storefront:
        storefront()
    return seconds | _until_shown(
        target, began, ("storefront",), lambda client: _storefront_shows(client, marker)
    )


def _until_shown(
    target: Target, began: float, parts: tuple[str, ...], look: Callable[[httpx.Client], set[str]]
) -> dict[str, float]:
    seconds: dict[str, float] = {}
    with httpx.Client(
        base_url=target.url, verify=target.trust, timeout=_REQUEST_SECONDS, trust_env=False
    ) as client:
        while len(seconds) < len(parts):
            with contextlib.suppress(httpx.HTTPError, ValueError):
                for part in look(client):
                    seconds.setdefault(part, time.monotonic() - began)
            if time.monotonic() - began > _TIMEOUT_SECONDS:
                raise ProblemError(
                    f"{', '.join(set(parts) - set(seconds))}: a change was not shown within {_TIMEOUT_SECONDS:.0f} s"
                )
            time.sleep(_POLL_SECONDS)
    return seconds


def _shop_shows(client: httpx.Client, marker: str) -> set[str]:
    answer = client.get(ADDRESS)
    shown = answer.json() if answer.status_code == httpx.codes.OK else {}
    return {part for part, value in shown.items() if value == marker}


def _storefront_shows(client: httpx.Client, marker: str) -> set[str]:
    return {"storefront"} if marker in client.get(COMPONENT_ADDRESS).text else set()


def _marker() -> str:
    return f"m{uuid.uuid4().hex}"


def to_markdown(rows: list[Row]) -> str:
    lines = [
        "| target | changed | live reload, s (median, least to most) | full rebuild, s | ratio |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.target} | {row.part} | {row.reload_median:.1f} ({min(row.reload_seconds):.1f} to {max(row.reload_seconds):.1f}) "
        f"| {row.rebuild_median:.1f} | {row.rebuild_median / row.reload_median:.0f} |"
        for row in rows
    ]
    return "\n".join(lines)
