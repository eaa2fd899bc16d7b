"""Two views side by side: what differs, and which of it is declared."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from dhakacart.operations.parity.declared import Declared
from dhakacart.operations.parity.facts import ABSENT, UNKNOWN_FILES, Facts, View

# The field of a service that one side has not at all.
SERVICE = "service"
# Compared where both sides know it: a tag has no digest.
_ONLY_WHERE_BOTH = frozenset({"image.digest", "image.config", "process"})


@dataclass(frozen=True)
class Difference:
    """One field of one service that is not the same. declared: the entry that allows it."""

    service: str
    field: str
    left: str
    right: str
    declared: Declared | None = None

    @property
    def sentence(self) -> str:
        return f"{self.service}: {self.field}: {self.left} / {self.right}"


@dataclass(frozen=True)
class Comparison:
    """left against right. stale: declared differences that are not there; equal: facts by service that are the same."""

    left: str
    right: str
    differences: tuple[Difference, ...]
    stale: tuple[Declared, ...]
    equal: dict[str, int]

    @property
    def undeclared(self) -> list[Difference]:
        return [one for one in self.differences if one.declared is None]

    @property
    def holds(self) -> bool:
        return not self.undeclared and not self.stale


def compare(
    left: View,
    right: View,
    declared: Iterable[Declared] = (),
    *,
    must_exist: bool = True,
) -> Comparison:
    """Every fact that both can tell of. With must_exist a declared difference that is not there is stale."""
    entries = list(declared)
    used: set[tuple[int, str]] = set()
    found: list[Difference] = []
    equal: dict[str, int] = {}
    for service in sorted({*left.services, *right.services}):
        differences, equal[service] = _of_service(service, left, right)
        for one in differences:
            entry = next((e for e in entries if e.allows(one.service, one.field, one.left, one.right)), None)
            if entry is not None:
                used.add((entry.number, entry.name_of(service)))
            found.append(Difference(one.service, one.field, one.left, one.right, entry))
    stale = [
        entry.only(name)
        for entry in entries
        for name in entry.services
        if must_exist and (entry.number, name) not in used
    ]
    return Comparison(left.name, right.name, tuple(found), tuple(stale), equal)


def _of_service(service: str, left: View, right: View) -> tuple[list[Difference], int]:
    ours, theirs = left.services.get(service), right.services.get(service)
    if ours is None or theirs is None:
        there = {True: "present", False: ABSENT}
        return [Difference(service, SERVICE, there[ours is not None], there[theirs is not None])], 0
    folders = {field[: -len(UNKNOWN_FILES)] for field in {*ours, *theirs} if _names_no_files(field)}
    ours, theirs = _without_files(ours, folders), _without_files(theirs, folders)
    differences, equal = [], 0
    for field in sorted({*ours, *theirs}):
        if not (left.knows(service, field) and right.knows(service, field)):
            continue
        if field in _ONLY_WHERE_BOTH and not (field in ours and field in theirs):
            continue
        pair = ours.get(field, ABSENT), theirs.get(field, ABSENT)
        if pair[0] == pair[1]:
            equal += 1
        else:
            differences.append(Difference(service, field, *pair))
    return differences, equal


def _names_no_files(field: str) -> bool:
    return field.startswith("secrets.") and field.endswith(f"/{UNKNOWN_FILES}")


def _without_files(facts: Facts, folders: set[str]) -> Facts:
    """Where one side knows only the folder of some secrets, so does the other."""
    return {_folder_of(field, folders): value for field, value in facts.items()}


def _folder_of(field: str, folders: set[str]) -> str:
    parent = f"{PurePosixPath(field).parent}/"
    return f"{parent}{UNKNOWN_FILES}" if parent in folders else field
