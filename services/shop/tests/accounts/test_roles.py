"""Staff groups: what each may see and do in the admin, asked of the admin itself, page by page."""

import re

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client

from accounts import roles
from accounts.models import User
from accounts.roles import CATALOGUE, FINANCE, OPERATIONS, SUPPORT
from inventory.models import Stock, StockMovement
from orders.models import Order
from payments.models import Refund
from tests.accounts.staff import EVERYBODY, SUPERUSER, browser, url
from tests.accounts.staff_rows import BANGLA_NAME, PRICE_TEXT, ROWS
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

# What each may do with a table: v(iew), a(dd), c(hange), d(elete). Who is not named may do nothing. Written down apart
# from accounts.roles on purpose: what is expected is not computed from what is tested.
MATRIX: dict[str, dict[str, str]] = {
    "accounts.address": {SUPPORT: "vcd", SUPERUSER: "vacd"},
    "accounts.user": {SUPPORT: "vc", SUPERUSER: "vacd"},
    "auth.group": {SUPERUSER: "vacd"},
    "axes.accessattempt": {SUPPORT: "vd", SUPERUSER: "vcd"},
    "axes.accessfailurelog": {SUPERUSER: "vcd"},
    "axes.accesslog": {SUPERUSER: "vcd"},
    "catalog.brand": {SUPPORT: "v", CATALOGUE: "vacd", OPERATIONS: "v", SUPERUSER: "vacd"},
    "catalog.category": {SUPPORT: "v", CATALOGUE: "vacd", OPERATIONS: "v", SUPERUSER: "vacd"},
    "catalog.picture": {SUPPORT: "v", CATALOGUE: "vad", OPERATIONS: "v", SUPERUSER: "vad"},
    "catalog.product": {SUPPORT: "v", CATALOGUE: "vacd", OPERATIONS: "v", SUPERUSER: "vacd"},
    "inventory.reservation": {OPERATIONS: "v", SUPERUSER: "v"},
    "inventory.stock": {SUPPORT: "v", CATALOGUE: "v", OPERATIONS: "vac", SUPERUSER: "vac"},
    "inventory.stockmovement": {OPERATIONS: "v", SUPERUSER: "v"},
    "notify.effect": {OPERATIONS: "v", SUPERUSER: "v"},
    # "Change" of an order is its actions: no field of it can be written.
    "orders.order": {SUPPORT: "vc", FINANCE: "v", OPERATIONS: "vc", SUPERUSER: "vc"},
    "payments.payment": {SUPPORT: "v", FINANCE: "v", OPERATIONS: "v", SUPERUSER: "v"},
    "payments.refund": {SUPPORT: "v", FINANCE: "v", OPERATIONS: "v", SUPERUSER: "v"},
}
# Who is offered which action, beside "delete selected", which goes with the right to delete.
ACTIONS: dict[str, dict[str, set[str]]] = {
    "orders.order": {
        action: {SUPPORT, OPERATIONS, SUPERUSER} for action in ("pack", "ship", "deliver", "cancel")
    },
    "payments.refund": {"ask_again": {FINANCE, SUPERUSER}},
    "notify.effect": {"try_again": {OPERATIONS, SUPERUSER}},
    "axes.accessattempt": {"cleanup_expired_attempts": {SUPPORT, SUPERUSER}},
}
REGISTERED = {model._meta.label_lower: model for model in admin.site._registry}
KEPT = [label for label, who in MATRIX.items() if "d" not in who[SUPERUSER]]


def test_every_table_of_the_admin_is_decided() -> None:
    """A newly registered table fails here, until the matrix and a row say what becomes of it."""
    assert set(MATRIX) == set(REGISTERED)
    assert set(ROWS) == set(REGISTERED)


def offered_actions(page: HttpResponse) -> set[str]:
    select = re.search(r'<select name="action".*?</select>', page.content.decode(), re.DOTALL)
    return set(re.findall(r'<option value="(\w+)"', select[0])) if select else set()


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("label", MATRIX)
def test_each_page_opens_for_whom_it_should_and_for_nobody_else(label: str, role: str) -> None:
    """List, form, add and delete: 200 for those whom the matrix names, 403 for the rest; and exactly their actions."""
    row = ROWS[label]()
    client = browser(role)
    rights = MATRIX[label].get(role, "")
    change, add, delete = url(label, "change", row.pk), url(label, "add"), url(label, "delete", row.pk)
    actions = {name for name, who in ACTIONS.get(label, {}).items() if role in who}

    def status(right: str) -> int:
        return 200 if right in rights else 403

    page = client.get(url(label, "changelist"))
    assert page.status_code == status("v")
    assert offered_actions(page) == actions | ({"delete_selected"} if "d" in rights else set())
    assert client.get(change).status_code == status("v")
    assert client.get(add).status_code == status("a")
    assert client.get(delete).status_code == status("d")
    # An empty form: refused outright, or looked at, and then refused field by field, or there was nothing to change.
    assert (client.post(change, {}).status_code == 403) == ("c" not in rights)
    assert (client.post(add, {}).status_code == 403) == ("a" not in rights)
    assert (client.post(delete, {}).status_code == 403) == ("d" not in rights)
    assert REGISTERED[label]._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("role", EVERYBODY)
def test_the_front_page_shows_what_one_may_see(role: str) -> None:
    """No link to a page that would refuse, none missing."""
    page = browser(role).get("/admin/").content.decode()

    shown = {label for label in MATRIX if f'href="{url(label, "changelist")}"' in page}
    assert shown == {label for label, who in MATRIX.items() if who.get(role)}


def test_customers_and_strangers_are_sent_to_the_login() -> None:
    """Without the staff flag even the rights of a superuser open nothing."""
    customer = Client()
    customer.force_login(CustomerFactory(is_superuser=True), backend="accounts.backends.EmailOrPhoneBackend")

    for client in (customer, Client()):
        for label in MATRIX:
            answer = client.get(url(label, "changelist"))
            assert (answer.status_code, answer.url.split("?")[0]) == (302, "/admin/login/")


def act(role: str, label: str, action: str, pk: object) -> None:
    browser(role).post(url(label, "changelist"), {"action": action, "_selected_action": [str(pk)]})


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("pack", "confirmed", "packed"),
        ("ship", "packed", "shipped"),
        ("deliver", "shipped", "delivered"),
        ("cancel", "confirmed", "cancelled"),
    ],
)
def test_orders_are_moved_by_support_and_operations_only(
    role: str, action: str, before: str, after: str
) -> None:
    """A forged action of anybody else does nothing."""
    order = ROWS["orders.order"]()
    Order.objects.filter(pk=order.pk).update(status=before)

    act(role, "orders.order", action, order.pk)

    order.refresh_from_db()
    assert order.status == (after if role in {SUPPORT, OPERATIONS, SUPERUSER} else before)


@pytest.mark.parametrize("role", EVERYBODY)
def test_refunds_are_asked_for_again_by_finance_only(role: str) -> None:
    """A failed refund becomes a requested one; a forged action of anybody else does nothing."""
    refund = ROWS["payments.refund"]()

    act(role, "payments.refund", "ask_again", refund.pk)

    refund.refresh_from_db()
    asked = role in {FINANCE, SUPERUSER}
    assert refund.status == (Refund.Status.REQUESTED if asked else Refund.Status.FAILED)


@pytest.mark.parametrize("role", EVERYBODY)
def test_effects_are_tried_again_by_operations_only(role: str) -> None:
    """A dead effect becomes pending; a forged action of anybody else does nothing."""
    effect = ROWS["notify.effect"]()

    act(role, "notify.effect", "try_again", effect.pk)

    effect.refresh_from_db()
    assert effect.state == ("pending" if role in {OPERATIONS, SUPERUSER} else "dead")


@pytest.mark.parametrize("role", EVERYBODY)
def test_lockouts_are_lifted_by_support_only(role: str) -> None:
    """By deleting the attempts that were counted."""
    attempt = ROWS["axes.accessattempt"]()

    browser(role).post(url("axes.accessattempt", "delete", attempt.pk), {"post": "yes"})

    assert AccessAttempt.objects.exists() == (role not in {SUPPORT, SUPERUSER})


@pytest.mark.parametrize("label", KEPT)
def test_nobody_deletes_what_must_be_kept(label: str) -> None:
    """Neither by its page nor by the bulk action, not even a superuser."""
    row = ROWS[label]()
    client = browser(SUPERUSER)
    chosen = {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"}

    by_page = client.post(url(label, "delete", row.pk), {"post": "yes"})
    client.post(url(label, "changelist"), chosen)

    assert by_page.status_code == 403
    assert REGISTERED[label]._default_manager.filter(pk=row.pk).exists()


def test_the_money_and_the_ledger_are_among_what_must_be_kept() -> None:
    """The test above tries them."""
    assert set(KEPT) >= {"orders.order", "payments.payment", "payments.refund", "inventory.stockmovement"}


def test_deleting_around_the_corner_keeps_orders_and_ledger() -> None:
    """A deleted customer leaves the order; a product with stock is not deleted at all."""
    client = browser(SUPERUSER)
    order, stock, customer = ROWS["orders.order"](), ROWS["inventory.stock"](), CustomerFactory()
    Order.objects.filter(pk=order.pk).update(customer=customer)

    client.post(url("accounts.user", "delete", customer.pk), {"post": "yes"})
    client.post(url("catalog.product", "delete", stock.variant.product_id), {"post": "yes"})

    order.refresh_from_db()
    assert not User.objects.filter(pk=customer.pk).exists()
    assert order.customer_id is None
    assert Stock.objects.filter(pk=stock.pk).exists()
    assert StockMovement.objects.filter(stock=stock).exists()


@pytest.mark.parametrize("label", MATRIX)
def test_every_page_renders_and_searches(label: str) -> None:
    """List, search in Bangla and with signs, form and history as a superuser: no page fails on a real row."""
    row = ROWS[label]()
    client = browser(SUPERUSER)

    for query in ("", "?q=মোবাইল", "?q=%27%22%3Cx", "?o=1.2.3"):
        assert client.get(url(label, "changelist") + query).status_code == 200
    assert client.get(url(label, "change", row.pk)).status_code == 200
    assert client.get(url(label, "history", row.pk)).status_code == 200


@pytest.mark.parametrize("label", ["orders.order", "payments.payment", "payments.refund", "catalog.product"])
def test_money_is_shown_as_taka(label: str) -> None:
    """Grouped as people in Bangladesh read it; never as poisha."""
    ROWS[label]()

    page = browser(SUPERUSER).get(url(label, "changelist")).content.decode()

    assert PRICE_TEXT in page
    assert "12345600" not in page


@pytest.mark.parametrize("label", ["accounts.user", "accounts.address", "catalog.product", "inventory.stock"])
def test_bangla_names_are_found(label: str) -> None:
    """The search finds a row by a part of its Bangla name, and does not find it by another."""
    row = ROWS[label]()
    client = browser(SUPERUSER)
    link = url(label, "change", row.pk)

    assert link in client.get(url(label, "changelist"), {"q": BANGLA_NAME.split()[1]}).content.decode()
    assert link not in client.get(url(label, "changelist"), {"q": "রেফ্রিজারেটর"}).content.decode()


# --- The declaration and the database -----------------------------------------------------------------------------


def held_by(name: str) -> set[str]:
    return {
        f"{permission.content_type.app_label}.{permission.codename}"
        for permission in Group.objects.get(name=name).permissions.select_related("content_type")
    }


@pytest.mark.parametrize("name", roles.PERMISSIONS)
def test_groups_hold_exactly_what_is_declared(name: str) -> None:
    """The test database was made by migrations alone; a misspelt permission would be missing here."""
    assert held_by(name) == roles.PERMISSIONS[name]


def test_migrate_takes_away_what_is_no_longer_declared_and_gives_back_what_is() -> None:
    """Whatever somebody clicked together, of any app; groups that are not declared are left alone."""
    support = Group.objects.get(name=SUPPORT)
    support.permissions.set(Permission.objects.filter(content_type__app_label__in=("auth", "payments")))
    Group.objects.get(name=FINANCE).delete()
    other = Group.objects.create(name="somebody else's")
    other.permissions.set(Permission.objects.filter(codename="view_session"))

    call_command("migrate", verbosity=0)

    assert held_by(SUPPORT) == roles.PERMISSIONS[SUPPORT]
    assert held_by(FINANCE) == roles.PERMISSIONS[FINANCE]
    assert held_by(other.name) == {"sessions.view_session"}


def test_what_stands_already_is_not_written_again(django_assert_max_num_queries) -> None:
    """Every deployment's migrate job runs this: a few reads, and no change of a group."""
    before = {name: held_by(name) for name in roles.PERMISSIONS}

    with django_assert_max_num_queries(6) as queries:
        roles.sync()

    assert {name: held_by(name) for name in roles.PERMISSIONS} == before
    assert not [query["sql"] for query in queries if query["sql"].startswith(("DELETE", "UPDATE"))]


def test_no_group_may_touch_the_means_of_staff() -> None:
    """Groups, permissions, sessions, and the making or deleting of people are superusers' alone."""
    for names in roles.PERMISSIONS.values():
        apps = {name.split(".")[0] for name in names}
        assert not apps & {"auth", "contenttypes", "sessions", "admin"}
        assert not names & {"accounts.add_user", "accounts.delete_user"}
