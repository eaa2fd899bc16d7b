"""Other tests of this checkout against a shop that runs: a pytest of their own, and what it says in numbers."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dhakacart.operations.paths import Checkout
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
        result = subprocess.run(
            [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *arguments],
            cwd=Checkout.here().root,
            env={**os.environ, **environment, SUMMARY_VARIABLE: str(summary)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
        values = json.loads(summary.read_text()) if summary.exists() else {}
    return Numbers(
        status=result.returncode,
        passed=int(values.get("passed", 0)),
        failed=int(values.get("failed", 0)),
        skipped=int(values.get("skipped", 0)),
        output=result.stdout,
    )
