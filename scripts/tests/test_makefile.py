"""The Makefile: each verb stands in the help, and is one line that calls the same verb of the command line."""

import re
import subprocess

from dhakacart.main import app
from dhakacart.operations.paths import Checkout

ROOT = Checkout.here().root
MAKES_OWN = {"help", "install", "doctor"}


def verbs_of_the_makefile():
    text = (ROOT / "Makefile").read_text()
    return dict(re.findall(r"^([a-z-]+): ; (.*)$", text, re.MULTILINE))


def verbs_of_the_command_line():
    return {command.name for command in app.registered_commands if not command.hidden}


def test_every_verb_is_a_line_that_calls_the_command_line():
    """The two lists of verbs are one, but for what must work before anything is installed."""
    lines = verbs_of_the_makefile()

    assert set(lines) - {"help", "install"} == verbs_of_the_command_line()
    for verb, line in lines.items():
        if verb not in MAKES_OWN:
            assert f"$(run) {verb}" in line


def test_help_lists_every_verb_under_its_heading():
    """`make` alone prints the groups and each verb with what it does."""
    shown = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    for verb in verbs_of_the_makefile():
        assert re.search(rf"^  make {verb} +\S+", shown, re.MULTILINE), verb
    assert shown.count("\n\n") >= 3
