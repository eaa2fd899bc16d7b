"""`dhakacart parity` as people and programs meet it: exit status, table, JSON, one line for bad input."""

import json

import pytest
from typer.testing import CliRunner, Result

from dhakacart.commands import parity
from dhakacart.main import app
from dhakacart.operations.parity.compare import Comparison, Difference
from dhakacart.operations.parity.declared import Declared
from dhakacart.operations.parity.report import last_line, to_json
from dhakacart.operations.problem import ProblemError

ENTRY = Declared(1, ("web",), ("*",), "grace", "30 s", "45 s", "Because it is meant to be so here.")
GOOD = Comparison("compose", "local", (Difference("web", "grace", "30 s", "45 s", ENTRY),), (), {"web": 40})
BAD = Comparison(
    "compose",
    "staging",
    (Difference("web", "grace", "30 s", "45 s", ENTRY), Difference("web", "user", "1:1", "0:0")),
    (ENTRY,),
    {"web": 39},
)


def run(monkeypatch: pytest.MonkeyPatch, *comparisons: Comparison, arguments: tuple[str, ...] = ()) -> Result:
    monkeypatch.setattr(parity, "compare_rendered", lambda root, names: list(comparisons))
    return CliRunner().invoke(app, ["parity", *arguments])


def test_what_holds_ends_with_0(monkeypatch: pytest.MonkeyPatch) -> None:
    """Declared differences are shown with their reason, and are no failure."""
    result = run(monkeypatch, GOOD)

    assert result.exit_code == 0
    assert "Because it is meant" in result.stdout
    assert (
        result.stdout.splitlines()[-1]
        == "0 undeclared, 0 declared but not there, 1 declared, 40 equal (compose / local)"
    )


def test_what_is_undeclared_comes_first_and_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undeclared differences, then declarations without a difference, then the rest."""
    result = run(monkeypatch, GOOD, BAD)

    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert "user" in lines[1]
    assert "undeclared" in lines[1]
    assert "entry 1 of" in lines[2]
    assert lines[-1] == last_line([GOOD, BAD])


def test_json_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """For programs, with the reasons."""
    result = run(monkeypatch, GOOD, BAD, arguments=("--json",))

    document = json.loads(result.stdout)
    assert result.exit_code == 1
    assert document == to_json([GOOD, BAD])
    assert (document["holds"], document["undeclared"], document["stale"], document["declared"]) == (
        False,
        1,
        1,
        2,
    )
    assert document["comparisons"][0]["differences"][0]["reason"] == ENTRY.reason


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("nowhere",), "no overlay is called 'nowhere'; there are: local"),
        (("--live", "nowhere"), "nothing live is called 'nowhere'; there are: compose, cluster"),
    ],
)
def test_an_unknown_name_is_refused(arguments: tuple[str, ...], complaint: str) -> None:
    """One line with the names there are, exit status 2."""
    result = CliRunner().invoke(app, ["parity", *arguments])

    assert isinstance(result.exception, ProblemError)
    assert complaint in result.exception.message
    assert result.exception.exit_status == 2


def test_the_whole_command_runs_here() -> None:
    """On this checkout, one overlay: a table, and numbers in the last line."""
    result = CliRunner().invoke(app, ["parity", "local"])

    assert result.exit_code == 0, result.stdout
    assert "undeclared" in result.stdout.splitlines()[-1]
