"""Declared differences: each is needed, exact and has a reason; one that is no longer true fails as well."""

from pathlib import Path

import pytest

from dhakacart.operations.parity.compare import Comparison, compare
from dhakacart.operations.parity.declared import Declared, of_overlay, read_declared
from dhakacart.operations.parity.facts import Facts, View
from dhakacart.operations.problem import ProblemError

REASON = "Because it is meant to be so here."


def view(name: str, **services: Facts) -> View:
    return View(name, dict(services))


def declare(tmp_path: Path, *entries: str) -> list[Declared]:
    path = tmp_path / "parity.yaml"
    path.write_text("".join(f"- {{{entry}, reason: {REASON}}}\n" for entry in entries) or "[]\n")
    return read_declared(path)


def compared(entries: list[Declared], overlay: str = "local") -> Comparison:
    left = view("compose", web={"grace": "30 s", "limits.pids": "200"}, beat={"grace": "10 s"})
    right = view(overlay, web={"grace": "45 s", "limits.pids": "none"}, beat={"grace": "10 s"})
    return compare(left, right, of_overlay(entries, overlay))


def test_a_declared_difference_is_allowed_and_any_other_is_not(tmp_path: Path) -> None:
    """An entry allows its own service, field and values."""
    entries = declare(tmp_path, "services: web, field: grace, compose: 30 s, kubernetes: 45 s")

    comparison = compared(entries)

    assert [one.sentence for one in comparison.undeclared] == ["web: limits.pids: 200 / none"]
    assert comparison.stale == ()
    assert not comparison.holds


@pytest.mark.parametrize(
    "entry",
    [
        "services: beat, field: grace, compose: 30 s, kubernetes: 45 s",
        "services: web, field: limits.memory, compose: 30 s, kubernetes: 45 s",
        "services: web, field: grace, compose: 31 s, kubernetes: 45 s",
        "services: web, field: grace, compose: 30 s, kubernetes: 45",
        "services: web, field: grace, compose: 30 s, kubernetes: absent",
        "services: web, overlays: staging, field: grace, compose: 30 s, kubernetes: 45 s",
    ],
)
def test_an_entry_allows_nothing_else(tmp_path: Path, entry: str) -> None:
    """Another service, field, value or overlay is not what was declared."""
    assert "web: grace: 30 s / 45 s" in [
        one.sentence for one in compared(declare(tmp_path, entry)).undeclared
    ]


def test_what_is_no_longer_there_is_stale_for_each_service_and_overlay(tmp_path: Path) -> None:
    """An entry for two services of which one is equal again fails for that one, and only where the entry speaks."""
    entries = declare(
        tmp_path,
        "services: [web, beat], overlays: [local], field: grace, compose: '* s', kubernetes: '* s'",
        "services: '*', field: limits.*, compose: '2*', kubernetes: none",
    )

    here, there = compared(entries), compared(entries, "staging")

    assert [one.sentence for one in here.stale] == ["beat: grace: * s / * s"]
    assert here.undeclared == []
    assert not here.holds
    assert there.stale == ()
    assert [one.field for one in there.undeclared] == ["grace"]


def test_two_entries_for_one_difference_are_one_too_many(tmp_path: Path) -> None:
    """The second allows nothing, so it is stale."""
    entry = "services: web, field: grace, compose: 30 s, kubernetes: 45 s"

    comparison = compared(declare(tmp_path, entry, entry))

    assert [one.number for one in comparison.stale] == [2]


def test_a_star_is_no_pattern_language(tmp_path: Path) -> None:
    """Only * stands for anything: brackets and dots are themselves."""
    [entry] = declare(tmp_path, "services: web, field: 'a.[b]', compose: 'any*', kubernetes: x")

    assert entry.allows("web", "a.[b]", "anything", "x")
    assert not entry.allows("web", "a.b", "anything", "x")
    assert not entry.allows("web", "ax[b]", "anything", "x")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: 1", "is not a list of differences"),
        ("- 1", "entry 1: not a set of names and values"),
        ("- {services: web, field: grace, compose: 1, kubernetes: 2}", "entry 1: reason is missing"),
        (
            "- {services: web, field: grace, compose: 1, kubernetes: 2, reason: so}",
            "the reason says too little",
        ),
        (
            f"- {{services: web, field: a, compose: 1, kubernetes: 2, overlay: x, reason: {REASON}}}",
            "overlay is not known",
        ),
        (
            f"- {{services: web, field: '*', compose: 1, kubernetes: 2, reason: {REASON}}}",
            "it would allow everything",
        ),
        (
            f"- {{services: web, field: a, compose: '*', kubernetes: 1, reason: {REASON}}}",
            "compose: \\* alone would allow every change",
        ),
        (
            f"- {{services: web, field: a, compose: 1, kubernetes: '*', reason: {REASON}}}",
            "kubernetes: \\* alone would allow every change",
        ),
        ("- [", "is not YAML"),
    ],
)
def test_a_malformed_entry_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    """One line says which entry and what is wrong with it."""
    path = tmp_path / "parity.yaml"
    path.write_text(text)

    with pytest.raises(ProblemError, match=complaint):
        read_declared(path)


def test_secrets_are_compared_as_far_as_both_name_them() -> None:
    """Where one side mounts a whole folder, the other's files count as that; else each file is a fact."""
    folder, files = {"secrets./run/s/*": "given"}, {"secrets./run/s/a": "given", "secrets./run/s/b": "given"}

    assert compare(view("a", web=folder), view("b", web=files)).holds
    one_less = compare(view("a", web=files), view("b", web={"secrets./run/s/a": "given"}))
    assert [one.field for one in one_less.undeclared] == ["secrets./run/s/b"]
