"""Where static files are served from: Granian answers for them without touching Python, the same in every engine.

The only static files are the admin's, so its package's folder is mounted as it is: nothing is to be collected, and
nothing gets stale when Django is updated. A test holds that no installed app has others.
"""

from pathlib import Path

ROUTE = "/static"


def mounts() -> list[tuple[str, Path]]:
    """Pairs of route and folder; does not load Django's settings."""
    import django.contrib.admin

    return [(ROUTE, Path(django.contrib.admin.__file__).parent / "static")]
