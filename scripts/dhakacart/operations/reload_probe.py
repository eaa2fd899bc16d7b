"""The change that `dhakacart reload-times` saves: a few lines at the end of three source files, taken away afterwards.

They add an address that tells which marker the code of web and of the worker has, and put the marker into a component
of the storefront. Only the last lines of a file are touched, below one line that says so; what a killed run has left
is known by that line, and removed by the next run.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

_SIGN = "probe of `dhakacart reload-times`: everything from this line on is removed by it"
ADDRESS = "/api/v1/reload-times"
COMPONENT_ADDRESS = "/src/app/Logo.tsx"

_API = """
@api.get("/reload-times", include_in_schema=False)
def reload_times(request):
    from django.core.cache import cache

    from notify.tasks import RELOAD_MARKER, answer_reload_times

    answer_reload_times.apply_async(expires=5)
    return {"web": RELOAD_MARKER, "worker": cache.get("reload-times")}
"""
_TASK = """
RELOAD_MARKER = "<marker>"


@shared_task
def answer_reload_times() -> None:
    from django.core.cache import cache

    cache.set("reload-times", RELOAD_MARKER, timeout=60)
"""
_COMPONENT = """
export const reloadMarker = "<marker>";
"""


class Probe:
    """Places the probe in a checkout, and saves it with ever new markers."""

    def __init__(self, root: Path) -> None:
        self._api = root / "services" / "shop" / "config" / "api.py"
        self._task = root / "services" / "shop" / "notify" / "tasks.py"
        self._component = root / "services" / "storefront" / "src" / "app" / "Logo.tsx"

    @contextlib.contextmanager
    def placed(self, marker: str) -> Iterator[None]:
        """All three files have the probe; at the end, however that comes, none has."""
        try:
            self.remove()
            _append(self._api, _API, comment="#")
            self.save_shop(marker)
            self.save_storefront(marker)
            yield
        finally:
            self.remove()

    def save_shop(self, marker: str) -> None:
        """One save of one Python file, which web and worker both load."""
        _append(self._task, _TASK.replace("<marker>", marker), comment="#")

    def save_storefront(self, marker: str) -> None:
        """One save of one component."""
        _append(self._component, _COMPONENT.replace("<marker>", marker), comment="//")

    def remove(self) -> None:
        """Every file as it was. Files that have no probe are not written."""
        for path in (self._api, self._task, self._component):
            text = path.read_text()
            if (own := without_probe(text)) != text:
                _save(path, own)


def without_probe(text: str) -> str:
    """The text up to the probe's first line."""
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if _SIGN in line and line.startswith(("#", "//")):
            return "".join(lines[:number])
    return text


def _append(path: Path, probe: str, *, comment: str) -> None:
    _save(path, f"{without_probe(path.read_text())}{comment} {_SIGN}\n{probe}")


def _save(path: Path, text: str) -> None:
    """As editors do it: write beside, then rename."""
    beside = path.with_name(f".{path.name}.{os.getpid()}~")
    beside.write_text(text)
    beside.chmod(path.stat().st_mode)
    beside.replace(path)
