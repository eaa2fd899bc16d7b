"""What clients should not send to the orders API: always a 4xx problem document, and nothing written."""

import json

import pytest

from notify.models import Effect
from orders.models import Order
from tests.factories import CustomerFactory, VariantFactory
from tests.orders.carts import body_of, checkout_of, new_key

pytestmark = pytest.mark.django_db
JSON = "application/json"
BACKEND = "accounts.backends.EmailOrPhoneBackend"


def post(api, path, body, **headers):
    return api.post(f"/api/v1{path}", body, content_type=JSON, headers=headers)


def order_body(*lines, **changes):
    return {**body_of(checkout_of(*lines)), **changes}


HOSTILE = [
    ("lines", []),
    ("lines", [{"sku": "A", "quantity": 1}] * 2),
    ("lines", [{"sku": f"A{n}", "quantity": 1} for n in range(51)]),
    ("lines.0.quantity", 0),
    ("lines.0.quantity", -1),
    ("lines.0.quantity", 11),
    ("lines.0.quantity", 10**30),
    ("lines.0.quantity", "1"),
    ("lines.0.quantity", True),
    ("lines.0.quantity", 1.5),
    ("lines.0.quantity", None),
    ("lines.0.sku", "A\x00B"),
    ("lines.0.sku", "' OR 1=1 --"),
    ("lines.0.price_poisha", 1),
    ("contact.name", ""),
    ("contact.name", "   "),
    ("contact.name", "A\x00B"),
    ("contact.name", "A\r\nBcc: all@example.com"),
    ("contact.name", "x" * 121),
    ("contact.name", "\ud800"),
    ("contact.phone", "01212345678"),
    ("contact.phone", "0" * 10_000),
    ("contact.phone", 1712345678),
    ("contact.email", "nobody"),
    ("contact.email", "a@b@c.com"),
    ("contact.email", "a@example.com\nBcc: all@example.com"),
    ("contact.email", "a" * 120 + "@example.com"),
    ("address.district", "atlantis"),
    ("address.district", "Dhaka"),
    ("address.postcode", "12345"),
    ("address.postcode", "১২০৫"),
    ("address.line1", {"$ne": ""}),
    ("payment_method", "bitcoin"),
    ("expected_total_poisha", -1),
    ("expected_total_poisha", 2**63),
    ("expected_total_poisha", float("nan")),
    ("language", "fr"),
    ("total_poisha", 1),
]


@pytest.mark.parametrize(("path", "value"), HOSTILE)
def test_hostile_input_is_refused_as_invalid(api, path, value):
    """A 4xx problem, never a 500, and nothing written."""
    variant = VariantFactory(stock=5)
    body = order_body((variant, 1))
    *parents, last = path.split(".")
    target = body
    for parent in parents:
        target = target[int(parent)] if parent.isdigit() else target[parent]
    target[last] = value

    answer = post(api, "/orders", json.dumps(body), **{"idempotency-key": new_key()})

    assert answer.status_code in {400, 422}, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert not Order.objects.exists()
    assert not Effect.objects.exists()


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"text"', b"{" * 5_000, b"[" * 100_000, b"x" * 300_000]
)
@pytest.mark.parametrize("path", ["/orders", "/cart/quote"])
def test_what_is_no_json_object_is_refused(api, path, raw):
    """Empty, truncated, foreign, deep or huge."""
    answer = api.post(f"/api/v1{path}", raw, content_type=JSON, headers={"idempotency-key": new_key()})

    assert answer.status_code in {400, 413, 422}
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("key", [None, "", "short", "x" * 65, "x" * 15 + " ", "ключ" * 5, "a/b" * 8])
def test_a_key_must_be_well_formed(api, key):
    """16 to 64 characters of [A-Za-z0-9_-], and it must be there."""
    variant = VariantFactory(stock=5)
    headers = {} if key is None else {"idempotency-key": key}

    answer = post(api, "/orders", order_body((variant, 1)), **headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert not Order.objects.exists()


@pytest.mark.parametrize("token", ["x" * 43, "x" * 32])
@pytest.mark.parametrize(("method", "action"), [("get", ""), ("post", "/cancel"), ("post", "/payment")])
def test_an_unknown_token_is_not_found(api, token, method, action):
    """Nothing is said but that there is nothing."""
    answer = getattr(api, method)(f"/api/v1/orders/{token}{action}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("token", ["x", "x" * 44, "%00" * 32, "../../etc/passwd", "🙂" * 32])
def test_a_malformed_token_is_refused(api, token):
    """Before the database is asked."""
    assert api.get(f"/api/v1/orders/{token}").status_code in {404, 422}


@pytest.mark.parametrize(
    "cursor", ["x", "%00", "0" * 121, "bmV3ZXN0OjE", "bmV3ZXN0OjkyMjMzNzIwMzY4NTQ3NzU4MDc6MQ"]
)
def test_a_made_up_cursor_is_refused(api, cursor):
    """A 4xx, never a 500."""
    customer = CustomerFactory()
    api.force_login(customer, backend=BACKEND)

    assert api.get(f"/api/v1/account/orders?cursor={cursor}").status_code in {400, 422}
