"""People in the admin, and that nobody makes themselves more than they are."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils.html import escape

from accounts import roles
from accounts.models import User
from accounts.roles import FINANCE, SUPPORT
from tests.accounts.staff import NOBODY, SUPERUSER, browser, person, url
from tests.accounts.staff_rows import address
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
NO_ADDRESSES = {"addresses-TOTAL_FORMS": 0, "addresses-INITIAL_FORMS": 0}
PASSWORD = "another slow green river"
NEW_PASSWORD = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}


def person_form(user: User, **changes: object) -> dict[str, object]:
    """The change page of a user, filled in."""
    return {
        "name": user.name,
        "email": user.email or "",
        "phone": user.phone or "",
        "language": user.language,
        "is_active": "on",
        **NO_ADDRESSES,
        **changes,
    }


def escalation(user: User) -> dict[str, object]:
    """The same, with every right smuggled in."""
    return person_form(
        user,
        name="Changed",
        is_staff="on",
        is_superuser="on",
        groups=[Group.objects.get(name=FINANCE).pk],
        user_permissions=[Permission.objects.get(codename="delete_user").pk],
        password="argon2$forged",
    )


def password_page(user: User) -> str:
    return reverse("admin:auth_user_password_change", args=[user.pk])


def test_support_mends_a_customer_s_contact() -> None:
    """Name and phone, however it is written; an e-mail in capitals is kept in lower case."""
    customer = CustomerFactory(email="one@example.com")
    form = person_form(customer, name="নতুন", phone="০১৭১১ ২২৩৩৪৪", email="New@Example.com")

    answer = browser(SUPPORT).post(url("accounts.user", "change", customer.pk), form)

    customer.refresh_from_db()
    assert answer.status_code == 302
    assert (customer.name, customer.phone, customer.email) == ("নতুন", "+8801711223344", "new@example.com")


def test_support_gives_no_rights() -> None:
    """The name is changed, and of what was smuggled in nothing is."""
    customer = CustomerFactory()
    password = customer.password

    answer = browser(SUPPORT).post(url("accounts.user", "change", customer.pk), escalation(customer))

    customer.refresh_from_db()
    assert answer.status_code == 302
    assert customer.name == "Changed"
    assert not customer.is_staff
    assert not customer.is_superuser
    assert not customer.groups.exists()
    assert not customer.user_permissions.exists()
    assert customer.password == password


@pytest.mark.parametrize("role", [NOBODY, *roles.PERMISSIONS, SUPERUSER])
def test_support_cannot_touch_staff(role: str) -> None:
    """Not colleagues, not superusers, not themselves: their pages can be read, and that is all."""
    client = browser(SUPPORT)
    oneself = User.objects.get(pk=client.session["_auth_user_id"])

    for target in (person(role), oneself):
        change = url("accounts.user", "change", target.pk)
        assert client.get(change).status_code == 200
        assert client.post(change, escalation(target)).status_code == 403
        assert client.post(password_page(target), NEW_PASSWORD).status_code == 403
        after = User.objects.get(pk=target.pk)
        assert (after.name, after.password, after.is_superuser) == (
            target.name,
            target.password,
            target.is_superuser,
        )


def test_a_superuser_without_the_staff_flag_is_not_a_customer() -> None:
    """Else support could take over the account and wait for the flag."""
    boss = CustomerFactory(is_superuser=True)

    answer = browser(SUPPORT).post(
        url("accounts.user", "change", boss.pk), person_form(boss, email="mine@example.com")
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("role", [*roles.PERMISSIONS, NOBODY])
def test_nobody_but_superusers_sets_a_password(role: str) -> None:
    """Not even a customer's: they set theirs by the link that is sent to them."""
    customer = CustomerFactory()

    answer = browser(role).post(password_page(customer), NEW_PASSWORD)

    assert answer.status_code == 403
    assert User.objects.get(pk=customer.pk).password == customer.password


def test_support_does_not_see_a_password_s_hash() -> None:
    """Not even its algorithm and beginning, which Django shows by default."""
    page = browser(SUPPORT).get(url("accounts.user", "change", CustomerFactory().pk)).content

    assert b"argon2" not in page


@pytest.mark.parametrize("role", [*roles.PERMISSIONS, NOBODY])
def test_nobody_but_superusers_changes_groups(role: str) -> None:
    """The groups' own pages are closed, so that no group grows from the inside."""
    group = Group.objects.get(name=SUPPORT)
    before = set(group.permissions.values_list("pk", flat=True))
    everything = list(Permission.objects.values_list("pk", flat=True))

    answer = browser(role).post(
        url("auth.group", "change", group.pk), {"name": SUPPORT, "permissions": everything}
    )

    assert answer.status_code == 403
    assert set(group.permissions.values_list("pk", flat=True)) == before


def test_a_superuser_makes_staff() -> None:
    """Added by phone alone, in any way to write one; then given a group; then another password by the page's link."""
    client = browser(SUPERUSER)
    new = {"name": "মালিহা", "phone": "01712-345678", "language": "bn", **NEW_PASSWORD, **NO_ADDRESSES}
    finance = Group.objects.get(name=FINANCE)

    added = client.post(url("accounts.user", "add"), new)
    user = User.objects.get(phone="+8801712345678")
    change = url("accounts.user", "change", user.pk)
    changed = client.post(change, person_form(user, is_staff="on", groups=[finance.pk]))
    page = client.get(change).content.decode()
    second = {**NEW_PASSWORD, "password1": "a third long phrase", "password2": "a third long phrase"}
    reset = client.post(password_page(user), second)

    assert (added.status_code, changed.status_code, reset.status_code) == (302, 302, 302)
    assert user.check_password(PASSWORD)
    user.refresh_from_db()
    assert (user.name, user.email, user.is_staff) == ("মালিহা", None, True)
    assert list(user.groups.all()) == [finance]
    assert 'href="../password/"' in page
    assert user.check_password("a third long phrase")


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ({}, "Give an e-mail address or a phone number."),
        ({"phone": "12345"}, "Not a mobile number of Bangladesh."),
        ({"email": "a@example.com", "password1": "password1", "password2": "password1"}, "too common"),
        ({"email": "TAKEN@example.com"}, "already exists"),
    ],
)
def test_a_bad_new_account_is_a_form_error(fault: dict[str, str], text: str) -> None:
    """Said on the page, never left to the database."""
    CustomerFactory(email="taken@example.com")
    form = {"name": "Somebody", "language": "en", **NEW_PASSWORD, **NO_ADDRESSES, **fault}

    page = browser(SUPERUSER).post(url("accounts.user", "add"), form)

    assert page.status_code == 200
    assert escape(text) in page.content.decode()


def test_addresses_stand_on_their_customer_s_page() -> None:
    """Support sees them there, and mends one."""
    kept = address()
    client = browser(SUPPORT)
    change = url("accounts.user", "change", kept.customer_id)
    row = {
        "id": kept.pk,
        "customer": kept.customer_id,
        "name": kept.name,
        "phone": kept.phone,
        "line1": "House 8, Road 3",
        "area": kept.area,
        "district": kept.district,
    }

    page = client.get(change).content.decode()
    answer = client.post(
        change,
        person_form(
            kept.customer,
            **{"addresses-TOTAL_FORMS": 1, "addresses-INITIAL_FORMS": 1},
            **{f"addresses-0-{name}": value for name, value in row.items()},
        ),
    )

    kept.refresh_from_db()
    assert "House 7, Road 3" in page
    assert (answer.status_code, kept.line1) == (302, "House 8, Road 3")
