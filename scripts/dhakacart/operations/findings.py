"""What an examination of this machine found, for people and for programs. The standard library only, as in doctor.py."""

import json
from dataclasses import asdict, dataclass

# Plain strings, since this file must also speak on a Python that is too old for StrEnum.
PASS, WARN, FAIL, INFO = "pass", "warn", "fail", "info"
_COLOURS = {PASS: "32", WARN: "33", FAIL: "1;31", INFO: "2"}


@dataclass(frozen=True)
class Finding:
    """One prerequisite: what was found, why it matters, and what to do (empty when all is well)."""

    name: str
    level: str
    found: str
    why: str
    fix: str = ""


def to_json(findings: list[Finding]) -> str:
    return json.dumps([asdict(finding) for finding in findings], indent=2)


def to_text(findings: list[Finding], *, colour: bool) -> str:
    """A line for each finding; what is not well gets why it matters and the fix below it."""
    lines = []
    for finding in findings:
        level = (
            f"\033[{_COLOURS[finding.level]}m{finding.level:<4}\033[0m" if colour else f"{finding.level:<4}"
        )
        lines.append(f"{level}  {finding.name:<20} {finding.found}")
        if finding.fix:
            lines.append(f"      {'':<20} why: {finding.why}")
            lines.append(f"      {'':<20} fix: {finding.fix}")
    counts = {level: sum(finding.level == level for finding in findings) for level in _COLOURS}
    lines.append(f"\n{counts[PASS]} pass, {counts[WARN]} warn, {counts[FAIL]} fail")
    return "\n".join(lines)


def exit_status(findings: list[Finding]) -> int:
    """1 only when something must be mended before anything works."""
    return int(any(finding.level == FAIL for finding in findings))
