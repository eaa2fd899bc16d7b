"""The bench harness: it finds a ratio that is known, and measures in turns."""

import json

import pytest

from dhakacart.operations.bench import Row, Sample, measure
from dhakacart.operations.bench_report import write_report
from dhakacart.operations.bench_rows import ROWS


class Clock:
    """Seconds that pass only when an arm lets them."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class Recorded:
    """An arm that takes a known time for a unit, and notes its calls in a list shared with its sibling."""

    def __init__(self, name, *, seconds, calls, clock, fails=False):
        self.name = name
        self.seconds = seconds
        self.calls = calls
        self.clock = clock
        self.fails = fails

    def setup(self):
        self.calls.append(f"setup {self.name}")

    def run_once(self):
        self.calls.append(self.name)
        if self.fails:
            raise RuntimeError("broken arm")
        self.clock.now += self.seconds
        return 10

    def teardown(self):
        self.calls.append(f"teardown {self.name}")


def measured(calls, *, goal=0.7, fails=False, rounds=3):
    clock = Clock()
    row = Row(
        name="known ratio",
        subject=lambda: Recorded("B", seconds=2.0, calls=calls, clock=clock, fails=fails),
        reference=lambda: Recorded("A", seconds=1.0, calls=calls, clock=clock),
        goal=goal,
    )
    return measure(row, rounds=rounds, clock=clock)


def test_finds_a_known_ratio(tmp_path):
    """An arm that takes twice as long is found at 0.5, misses a goal of 0.7 and reaches one of 0.4."""
    result = measured([])

    assert result.ratio == 0.5
    assert (result.subject.median, result.reference.median) == (5.0, 10.0)
    assert not result.reached
    assert measured([], goal=0.4).reached
    # and both files hold it
    as_json, as_markdown = write_report([result], tmp_path)
    assert json.loads(as_json.read_text())["rows"][0]["ratio"] == 0.5
    assert "| known ratio |" in as_markdown.read_text()
    assert "missed" in as_markdown.read_text()


def test_the_spread_shows_a_restless_machine():
    """Rates that differ from round to round give a spread, equal ones give none."""
    assert Sample("calm", [5.0, 5.0, 5.0, 5.0]).iqr == 0
    assert Sample("restless", [1.0, 5.0, 9.0, 13.0]).iqr == 6


def test_the_harness_measures_real_time_too():
    """The row that ships runs to its end: two equal arms, hashed for real."""
    result = measure(ROWS[0], rounds=2)

    assert result.ratio > 0
    assert len(result.subject.rates) == 4


def test_the_arms_take_turns():
    """Each round is subject, reference, reference, subject: a drift of the machine favours none."""
    calls = []

    result = measured(calls, rounds=2)

    assert calls[:2] == ["setup B", "setup A"]
    assert calls[2:-2] == ["B", "A", "A", "B"] * 3  # one round warms up
    assert calls[-2:] == ["teardown A", "teardown B"]
    assert len(result.subject.rates) == 4


def test_a_broken_arm_is_an_error_and_everything_is_cleaned_up():
    """No ratio comes out of an arm that fails."""
    calls = []

    with pytest.raises(RuntimeError, match="broken arm"):
        measured(calls, fails=True)
    assert calls[-2:] == ["teardown A", "teardown B"]


def test_one_round_is_refused():
    """A spread needs more than one."""
    with pytest.raises(ValueError, match="two rounds"):
        measured([], rounds=1)
