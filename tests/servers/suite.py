"""Other tests of this checkout against a shop that runs: a pytest of their own, and what it says in numbers."""

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dhakacart.operations.paths import Checkout
from dhakacart.operations.programs import python, run_program
from dhakacart.operations.suites import SUMMARY_VARIABLE

SHOWN_CHARACTERS = 12_000


@dataclass(frozen=True)
class Numbers:
    """output: all that it has printed."""

    status: int
    passed: int
    failed: int
    skipped: int
    output: str

    @property
    def tail(self) -> str:
        return self.output[-SHOWN_CHARACTERS:]


def run_suite(*arguments: str, environment: dict[str, str], seconds: float) -> Numbers:
    """pytest with these arguments (paths below the checkout) and these variables besides this process's own."""
    with tempfile.TemporaryDirectory(prefix="dhakacart-suite-") as folder:
        summary = Path(folder) / "summary.json"
        result = run_program(
            [python(), "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *arguments],
            environment={**os.environ, **environment, SUMMARY_VARIABLE: str(summary)},
            folder=Checkout.here().root,
            timeout_seconds=seconds,
        )
        values = json.loads(summary.read_text()) if summary.exists() else {}
    return Numbers(
        status=result.returncode,
        passed=int(values.get("passed", 0)),
        failed=int(values.get("failed", 0)),
        skipped=int(values.get("skipped", 0)),
        output=result.stdout,
    )
