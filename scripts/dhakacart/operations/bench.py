"""Ratios of two arms, measured so that they can be believed: in one run, in turns, with their spread.

The machine's mood (other processes, its clock) changes from second to second, so the arms alternate as A B B A,
which also cancels a steady drift; and the result is the ratio of medians, with the interquartile range.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

WARM_UP_ROUNDS = 1


class Arm(Protocol):
    """One way of doing the same work."""

    name: str

    def setup(self) -> None:
        """Prepares; not timed, called once."""

    def run_once(self) -> int:
        """Does the work once, some tenths of a second of it; returns how many units (requests, orders) that were."""

    def teardown(self) -> None:
        """Cleans up; called once, also after a failure."""


@dataclass(frozen=True)
class Row:
    """A ratio worth knowing: rate of `subject` / rate of `reference`, with its goal (the least that is good)."""

    name: str
    subject: Callable[[], Arm]
    reference: Callable[[], Arm]
    goal: float
    unit: str = "runs/s"
    rounds: int = 12


@dataclass(frozen=True)
class Sample:
    """Rates of one arm, in units per second, in the order of measurement."""

    name: str
    rates: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.rates)

    @property
    def iqr(self) -> float:
        """Interquartile range: the width of the middle half."""
        low, _, high = statistics.quantiles(self.rates, n=4, method="inclusive")
        return high - low


@dataclass(frozen=True)
class Measured:
    """A row with its numbers. `spread` is the interquartile range of the ratios of neighbouring pairs."""

    row: Row
    subject: Sample
    reference: Sample
    spread: float

    @property
    def ratio(self) -> float:
        return self.subject.median / self.reference.median

    @property
    def reached(self) -> bool:
        return self.ratio >= self.row.goal

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.row.name,
            "unit": self.row.unit,
            "goal": self.row.goal,
            "ratio": round(self.ratio, 4),
            "spread": round(self.spread, 4),
            "reached": self.reached,
            "arms": {
                sample.name: {"median": sample.median, "iqr": sample.iqr, "rates": sample.rates}
                for sample in (self.subject, self.reference)
            },
        }


def measure(
    row: Row, *, rounds: int | None = None, clock: Callable[[], float] = time.perf_counter
) -> Measured:
    """Measures a row: each round is A B B A. `clock` gives seconds. Raises ValueError for fewer than two rounds or arms of one name."""
    count = rounds if rounds is not None else row.rounds
    subject, reference = row.subject(), row.reference()
    if count < 2 or subject.name == reference.name:
        raise ValueError("a ratio needs two rounds and two arms with different names")
    samples = {arm.name: Sample(arm.name) for arm in (subject, reference)}
    ready: list[Arm] = []
    try:
        for arm in (subject, reference):
            # Listed before its setup: half a setup wants cleaning up too.
            ready.append(arm)
            arm.setup()
        for number in range(count + WARM_UP_ROUNDS):
            for arm in (subject, reference, reference, subject):
                rate = _rate(arm, clock)
                if number >= WARM_UP_ROUNDS:
                    samples[arm.name].rates.append(rate)
    finally:
        for arm in reversed(ready):
            arm.teardown()
    mine, other = samples[subject.name], samples[reference.name]
    pairs = Sample("ratio", [a / b for a, b in zip(mine.rates, other.rates, strict=True)])
    return Measured(row, mine, other, pairs.iqr)


def _rate(arm: Arm, clock: Callable[[], float]) -> float:
    began = clock()
    units = arm.run_once()
    return units / (clock() - began)
