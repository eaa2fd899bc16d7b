"""Results of a bench as files: JSON for programs, Markdown for people."""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

from dhakacart.operations.bench import Measured


def write_report(results: list[Measured], folder: Path) -> list[Path]:
    """Writes `<UTC time>.json` and `.md`; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    machine = f"{os.cpu_count()} CPUs, {platform.machine()}, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    stem = now.strftime("%Y%m%dT%H%M%SZ")
    as_json = folder / f"{stem}.json"
    values = {"at": now.isoformat(), "machine": machine, "rows": [result.to_json() for result in results]}
    as_json.write_text(json.dumps(values, indent=2) + "\n")
    as_markdown = folder / f"{stem}.md"
    as_markdown.write_text(to_markdown(results, title=f"Measured {now:%Y-%m-%d %H:%M} UTC on {machine}"))
    return [as_json, as_markdown]


def to_markdown(results: list[Measured], *, title: str) -> str:
    lines = [
        title,
        "",
        "| row | subject | reference | ratio | spread (IQR) | goal | |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {result.row.name} | {result.subject.median:,.0f} {result.row.unit} | {result.reference.median:,.0f} {result.row.unit} "
        f"| {result.ratio:.2f} | {result.spread:.2f} | {result.row.goal:.2f} | {'reached' if result.reached else 'missed'} |"
        for result in results
    ]
    return "\n".join(lines) + "\n"
