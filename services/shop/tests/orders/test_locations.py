"""The divisions and districts."""

import re
import unicodedata

from orders.locations import DISTRICTS, DIVISION_OF, DIVISIONS

BANGLA = re.compile(r"[\u0980-\u09ff]+")
SLUG = re.compile(r"[a-z]+(-[a-z]+)*")


def test_bangladesh_has_8_divisions_and_64_districts():
    """The list is complete, and no code stands twice."""
    districts = [district for division in DIVISIONS for district in division.districts]

    assert len(DIVISIONS) == len({division.code for division in DIVISIONS}) == 8
    assert len(districts) == len(DISTRICTS) == len(DIVISION_OF) == 64
    assert {division.code: len(division.districts) for division in DIVISIONS} == {
        "barishal": 6,
        "chattogram": 11,
        "dhaka": 13,
        "khulna": 10,
        "mymensingh": 4,
        "rajshahi": 8,
        "rangpur": 8,
        "sylhet": 4,
    }


def test_every_place_has_a_name_in_both_scripts_and_a_slug():
    """English is in Latin letters, Bangla in normalised Bangla letters and nothing else, codes fit an address."""
    for place in [*DIVISIONS, *DISTRICTS.values()]:
        assert SLUG.fullmatch(place.code)
        assert re.fullmatch(r"[A-Z][A-Za-z' ]+", place.name_en)
        assert BANGLA.fullmatch(place.name_bn)
        assert unicodedata.is_normalized("NFC", place.name_bn)
    assert len({district.name_bn for district in DISTRICTS.values()}) == 64


def test_delivery_costs_least_in_dhaka():
    """The capital 60 taka, elsewhere 120, to the hills and the island more."""
    assert DISTRICTS["dhaka"].delivery_poisha == 6_000
    assert DISTRICTS["chattogram"].delivery_poisha == 12_000
    assert {code for code, district in DISTRICTS.items() if district.delivery_poisha > 12_000} == {
        "bandarban",
        "bhola",
        "khagrachhari",
        "rangamati",
    }


def test_places_are_served_with_an_etag(api):
    """A browser that has the list already gets 304 and no body."""
    first = api.get("/api/v1/locations")
    again = api.get("/api/v1/locations", headers={"if-none-match": first["ETag"]})

    assert first.status_code == 200
    assert next(division["code"] for division in first.json()["divisions"]) == "barishal"
    assert first.json()["divisions"][1]["districts"][4] == {
        "code": "coxs-bazar",
        "name": {"en": "Cox's Bazar", "bn": "কক্সবাজার"},
        "delivery_poisha": 12_000,
    }
    assert (again.status_code, again.content) == (304, b"")
