"""The seeded shop, once for a module."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from tests.seeding.emptying import empty_the_shop


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The command's output; the shop is committed, and emptied after the module."""
    output = StringIO()
    with django_db_blocker.unblock():
        try:
            call_command("seed", stdout=output)
            yield output.getvalue()
        finally:
            empty_the_shop()
