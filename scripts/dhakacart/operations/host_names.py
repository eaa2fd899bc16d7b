"""Which lines name a package registry's host: locks and images must work with whatever registry a machine has."""

import re
from pathlib import Path

# Written as patterns, so that this file does not name what it looks for.
_HOSTS = re.compile(
    r"(registry\.npmjs\.org|registry\.yarnpkg\.com|files\.pythonhosted\.org|[/@.]pypi\.org|proxy\.golang\.org"
    r"|registry-1\.docker\.io|index\.docker\.io|\bdocker\.io/|\bghcr\.io/|\bquay\.io/|\bregistry\.k8s\.io/|\bgcr\.io/)"
)
_MAX_BYTES = 5_000_000


def registry_hosts(path: Path) -> list[str]:
    """`line: text` of each line that names one; binary and huge files are not read."""
    if path.stat().st_size > _MAX_BYTES:
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []
    return [
        f"{number}: {line.strip()[:160]}" for number, line in enumerate(lines, start=1) if _HOSTS.search(line)
    ]
