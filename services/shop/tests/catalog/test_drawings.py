"""Drawn devices: small, safe, and not all alike."""

import pytest

from catalog.drawings import views
from catalog.drawings.kinds import KINDS
from catalog.drawings.svg import Look
from catalog.pictures import check_svg

MAXIMUM_BYTES = 3_000
FORMS = range(12)
BODIES = ("#25282f", "#e8eaee")


def drawn(kind: str, look: Look) -> list[bytes]:
    sketch = KINDS[kind](look)
    return [
        views.front(sketch, look),
        views.closeup(sketch, look),
        views.carton(sketch, look, brand="Rahimafrooz"),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_every_picture_is_small_and_only_draws(kind: str) -> None:
    """Under 3 kB in every form, view and finish, and such as the shop would take from anybody."""
    for body in BODIES:
        for form in FORMS:
            for content in drawn(kind, Look(body, "#e4572e", form)):
                assert len(content) < MAXIMUM_BYTES
                check_svg(content)


@pytest.mark.parametrize("kind", KINDS)
def test_products_of_a_kind_differ(kind: str) -> None:
    """Another body, another brand's colour, another form: another picture; and three views that differ."""
    first = drawn(kind, Look("#25282f", "#e4572e", 0))

    assert len(set(first)) == 3
    for look in (Look("#e8eaee", "#e4572e", 0), Look("#25282f", "#0f9d58", 0)):
        assert not set(first) & set(drawn(kind, look))


def test_the_same_look_gives_the_same_bytes() -> None:
    """A picture's digest does not change from one seeding to the next."""
    look = Look("#25282f", "#e4572e", 1)

    assert drawn("laptop", look) == drawn("laptop", look)
