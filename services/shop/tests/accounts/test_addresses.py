"""Profile and addresses of a signed-in customer."""

from typing import Any

import pytest

from accounts.models import Address
from accounts.services import MAXIMUM_ADDRESSES
from tests.factories import PASSWORD, CustomerFactory

from .conftest import Browser

pytestmark = pytest.mark.django_db
ADDRESS = {
    "name": "Rahima Khatun",
    "phone": "01711 223344",
    "line1": "House 7, Road 3",
    "area": "Dhanmondi",
    "district": "dhaka",
    "postcode": "1205",
}


@pytest.fixture
def signed_in(browser: Browser) -> Browser:
    CustomerFactory(email="one@example.com")
    browser.log_in("one@example.com", PASSWORD)
    return browser


def test_an_address_is_kept_listed_and_removed(signed_in: Browser) -> None:
    """201 with names of district and division; newest first in the list; 204 and gone."""
    created = signed_in.post("addresses", ADDRESS)
    assert created.status_code == 201, created.content
    second = signed_in.post("addresses", {**ADDRESS, "postcode": None}).json()
    assert created.json()["phone"] == "+8801711223344"
    assert created.json()["district"] == {"code": "dhaka", "name": {"en": "Dhaka", "bn": "ঢাকা"}}
    assert created.json()["division"]["code"] == "dhaka"
    assert second["postcode"] is None
    assert [address["id"] for address in signed_in.get("addresses").json()] == [
        second["id"],
        created.json()["id"],
    ]

    assert signed_in.send("DELETE", f"addresses/{created.json()['id']}").status_code == 204
    assert [address["id"] for address in signed_in.get("addresses").json()] == [second["id"]]


@pytest.mark.parametrize(
    "change",
    [
        {"district": "atlantis"},
        {"district": "Dhaka"},
        {"phone": "123"},
        {"line1": ""},
        {"line1": "x" * 201},
        {"area": "a\x00"},
        {"postcode": "12"},
        {"postcode": "১২০৫"},
        {"customer": 1},
    ],
)
def test_a_bad_address_is_refused(signed_in: Browser, change: dict[str, Any]) -> None:
    """422 and nothing kept."""
    assert signed_in.post("addresses", {**ADDRESS, **change}).status_code == 422
    assert not Address.objects.exists()


def test_the_number_of_addresses_is_bounded(signed_in: Browser) -> None:
    """One more than the limit is 409."""
    statuses = [signed_in.post("addresses", ADDRESS).status_code for _ in range(MAXIMUM_ADDRESSES + 1)]

    assert statuses == [201] * MAXIMUM_ADDRESSES + [409]


def test_nobody_reaches_anothers_address(signed_in: Browser, new_browser: type[Browser]) -> None:
    """Not in the list, and 404 on removal, as for one that never was."""
    CustomerFactory(email="two@example.com")
    other = new_browser()
    other.log_in("two@example.com", PASSWORD)
    theirs = other.post("addresses", ADDRESS).json()["id"]

    assert signed_in.get("addresses").json() == []
    assert signed_in.send("DELETE", f"addresses/{theirs}").status_code == 404
    assert Address.objects.filter(pk=theirs).exists()


@pytest.mark.parametrize("number", ["0", "-1", str(2**63), "9" * 40, "x", "1.0"])
def test_an_id_that_is_none(signed_in: Browser, number: str) -> None:
    """4xx for what can be no id."""
    assert 400 <= signed_in.send("DELETE", f"addresses/{number}").status_code < 500


def test_a_profile_is_changed_in_part(signed_in: Browser) -> None:
    """What is given changes, the rest stays; rights cannot be given."""
    assert signed_in.send("PATCH", "profile", {"language": "en"}).json()["language"] == "en"
    answer = signed_in.send("PATCH", "profile", {"name": "  নতুন নাম "})

    assert answer.json()["name"] == "নতুন নাম"
    assert answer.json()["language"] == "en"
    assert signed_in.send("PATCH", "profile", {"is_staff": True}).status_code == 422
    assert signed_in.send("PATCH", "profile", {"email": "new@example.com"}).status_code == 422
