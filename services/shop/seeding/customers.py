"""Seeds customers with addresses; all share one development password."""

import tomllib
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import Address, Language, User
from seeding.assortment import DATA
from seeding.constants import CUSTOMERS, DEVELOPMENT_PASSWORD, chance, moment

DEMO_EMAIL = "nusrat@example.com"
# One hash for all, with a fixed salt, since these accounts exist in development only: 200 would take seconds.
_SALT = "dhakacartdevelopment"


@dataclass(frozen=True)
class Place:
    """Where something is delivered to."""

    line1: str
    area: str
    district: str
    postcode: str


def development_password() -> str:
    """The hash of the password that every seeded account has."""
    return make_password(DEVELOPMENT_PASSWORD, salt=_SALT)


def seed_customers() -> list[User]:
    """Customers in a fixed order, the demonstration customer first, with one or two addresses each."""
    data = people()
    password = development_password()
    users = User.objects.bulk_create(_customer(number, data, password) for number in range(CUSTOMERS))
    addresses = []
    for number, user in enumerate(users):
        dice = chance("address", number)
        for _ in range(2 if dice.random() < 0.25 else 1):
            place = a_place(dice)
            addresses.append(
                Address(
                    customer=user,
                    name=user.name,
                    phone=user.phone or a_phone(dice),
                    line1=place.line1,
                    area=place.area,
                    district=place.district,
                    postcode=place.postcode,
                    created_at=user.created_at,
                )
            )
    Address.objects.bulk_create(addresses)
    return users


@cache
def people() -> dict[str, Any]:
    """Names and places."""
    return tomllib.loads((DATA / "people.toml").read_text(encoding="utf-8"))


def a_name(dice: Random) -> str:
    """A full name."""
    data = people()
    return f"{dice.choice(data[dice.choice(('women', 'men'))])} {dice.choice(data['last'])}"


def a_phone(dice: Random) -> str:
    """A mobile number in E.164, of one of the country's operators."""
    return f"+8801{dice.randint(3, 9)}{dice.randint(0, 99_999_999):08d}"


def a_place(dice: Random) -> Place:
    """An address; four in ten are in Dhaka."""
    data = people()
    districts = data["districts"]
    district = dice.choices(list(districts), weights=[weight for weight, _ in districts.values()])[0]
    area, _, postcode = dice.choice(districts[district][1]).rpartition(" ")
    line1 = f"House {dice.randint(1, 99)}, {dice.choice(data['roads'])}"
    if dice.random() < 0.5:
        line1 = f"Flat {dice.randint(1, 9)}{dice.choice('ABCD')}, {line1}"
    return Place(line1, area, district, postcode)


def _customer(number: int, data: dict[str, Any], password: str) -> User:
    dice = chance("customer", number)
    if number == 0:
        name, email = "Nusrat Jahan", DEMO_EMAIL
    else:
        name = f"{dice.choice(data['women' if number % 2 else 'men'])} {dice.choice(data['last'])}"
        email = f"{name.lower().replace(' ', '.')}{number}@example.com"
    # The number within the phone keeps it unique.
    phone = f"+8801{dice.randint(3, 9)}{dice.randint(0, 99_999):05d}{number:03d}"
    return User(
        name=name,
        email=email if number == 0 or dice.random() < 0.85 else None,
        phone=phone,
        language=Language.BANGLA if dice.random() < 0.7 else Language.ENGLISH,
        password=password,
        created_at=moment(days_ago=dice.randint(91, 700), minutes=dice.randint(480, 1_400)),
    )
