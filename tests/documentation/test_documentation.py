"""The documentation names only what exists: links, paths, make targets and tests."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
PATH = re.compile(r"`((?:services|scripts|tests|docs|k8s|compose|infra)/[A-Za-z0-9_./-]+)(?:::(\w+))?`")
VERB = re.compile(r"\bmake ([a-z][a-z-]+)\b")
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)


def pages() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def faults(page: Path, text: str) -> list[str]:
    """What ``text``, as the content of ``page``, names that does not exist."""
    found = [f"link {link}" for link in LINK.findall(text) if not (page.parent / link).exists()]
    for name, test in PATH.findall(text):
        target = ROOT / name
        if not target.exists():
            found.append(f"path {name}")
        elif test and f"def {test}(" not in target.read_text():
            found.append(f"test {name}::{test}")
    code = "\n".join(re.findall(r"`[^`\n]+`|```.*?```", text, re.DOTALL))
    targets = set(TARGET.findall((ROOT / "Makefile").read_text()))
    found += [f"make {verb}" for verb in VERB.findall(code) if verb not in targets]
    return found


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_only_what_exists(page: Path) -> None:
    """Every link, path, test and make target in the documentation is there."""
    assert faults(page, page.read_text()) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[gone](nowhere.md)", "link nowhere.md"),
        ("see `services/nothing.py`", "path services/nothing.py"),
        (
            "see `tests/documentation/test_documentation.py::test_gone`",
            "test tests/documentation/test_documentation.py::test_gone",
        ),
        ("run `make coffee`", "make coffee"),
    ],
)
def test_a_dead_name_is_seen(text: str, fault: str) -> None:
    """The check can fail: each class of dead name is reported."""
    assert faults(ROOT / "README.md", text) == [fault]
