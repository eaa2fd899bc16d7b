"""Comparisons for programs (JSON) and for people (a table, differences first)."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from dhakacart.operations.parity.compare import Comparison, Difference
from dhakacart.operations.parity.declared import Declared

# As short as docker shows them.
_DIGEST = re.compile(r"(sha256:[0-9a-f]{12})[0-9a-f]{52}")


def to_json(comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """holds is whether the exit status is 0."""
    return {
        "holds": all(one.holds for one in comparisons),
        "undeclared": sum(len(one.undeclared) for one in comparisons),
        "stale": sum(len(one.stale) for one in comparisons),
        "declared": sum(len(one.differences) - len(one.undeclared) for one in comparisons),
        "equal": sum(sum(one.equal.values()) for one in comparisons),
        "comparisons": [_comparison(one) for one in comparisons],
    }


def to_table(comparisons: Sequence[Comparison]) -> Table:
    """Undeclared differences, declarations without a difference, declared ones; then how much is equal."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    one_left = len({one.left for one in comparisons}) == 1
    sides = (comparisons[0].left, "the other side") if one_left else ("left", "right")
    for title in ("service", "field", *sides, "where", "why"):
        table.add_column(title, overflow="fold", ratio=2 if title == "why" else None)

    def where(one: Comparison) -> str:
        return one.right if one_left else f"{one.left} / {one.right}"

    undeclared: dict[tuple[str, ...], list[str]] = {}
    for comparison in comparisons:
        for one in comparison.undeclared:
            undeclared.setdefault((one.service, one.field, one.left, one.right), []).append(where(comparison))
    for texts, places in undeclared.items():
        _row(table, "bold red", *texts, ", ".join(places), "undeclared")
    for comparison in comparisons:
        for entry in comparison.stale:
            why = f"declared (entry {entry.number} of k8s/parity.yaml), but not there any more"
            texts = (", ".join(entry.services), entry.field, entry.compose, entry.kubernetes)
            _row(table, "bold red", *texts, where(comparison), why)
    for entry, services, places in _declared(comparisons, where):
        texts = (", ".join(services), entry.field, entry.compose, entry.kubernetes)
        _row(table, "", *texts, ", ".join(places), entry.reason)
    for service in sorted({name for one in comparisons for name, count in one.equal.items() if count}):
        counts = [f"{where(one)} {one.equal[service]}" for one in comparisons if one.equal.get(service)]
        _row(table, "dim", service, "equal", "", "", ", ".join(counts), "")
    return table


def _row(table: Table, style: str, *texts: str) -> None:
    table.add_row(*(Text(_DIGEST.sub(r"\1", text), style=style) for text in texts))


def _declared(
    comparisons: Sequence[Comparison], where: Callable[[Comparison], str]
) -> list[tuple[Declared, list[str], list[str]]]:
    """Each entry that allows something, with the services and the places of that."""
    found: dict[int, tuple[Declared, list[str], list[str]]] = {}
    for comparison in comparisons:
        for one in comparison.differences:
            if one.declared is None:
                continue
            _, services, places = found.setdefault(one.declared.number, (one.declared, [], []))
            for name, names in ((one.service, services), (where(comparison), places)):
                if name not in names:
                    names.append(name)
    return [found[number] for number in sorted(found)]


def last_line(comparisons: Sequence[Comparison]) -> str:
    """The counts."""
    counts = to_json(comparisons)
    return (
        f"{counts['undeclared']} undeclared, {counts['stale']} declared but not there, {counts['declared']} declared,"
        f" {counts['equal']} equal ({', '.join(f'{one.left} / {one.right}' for one in comparisons)})"
    )


def _comparison(one: Comparison) -> dict[str, Any]:
    return {
        "left": one.left,
        "right": one.right,
        "holds": one.holds,
        "differences": [_difference(difference) for difference in one.differences],
        "stale": [
            {
                "entry": entry.number,
                "services": list(entry.services),
                "field": entry.field,
                "reason": entry.reason,
            }
            for entry in one.stale
        ],
        "equal": one.equal,
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "service": one.service,
        "field": one.field,
        "left": one.left,
        "right": one.right,
        "declared": one.declared is not None,
        "reason": one.declared.reason if one.declared else None,
    }
