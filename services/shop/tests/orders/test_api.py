"""The orders API over HTTP: shapes, refusals, hostile input, and how many statements each answer costs."""

import re

import pytest

from ops.ratelimit import RATES
from orders.models import Order
from tests.factories import CustomerFactory, VariantFactory
from tests.orders.carts import body_of, checkout_of, new_key, placed, unpaid

pytestmark = pytest.mark.django_db
JSON = "application/json"
BACKEND = "accounts.backends.EmailOrPhoneBackend"


def post(api, path, body, **headers):
    return api.post(f"/api/v1{path}", body, content_type=JSON, headers=headers)


def order_body(*lines, **changes):
    return {**body_of(checkout_of(*lines)), **changes}


def test_a_quote_prices_every_line_and_names_its_problem(api):
    """Unknown, sold out, too many, and fine; the delivery joins when the district is known."""
    fine = VariantFactory(stock=50, product__price_poisha=10_000)
    few = VariantFactory(stock=2, product__price_poisha=20_000)
    gone = VariantFactory(stock=0, product__price_poisha=30_000)
    lines = [{"sku": fine.sku, "quantity": 3}, {"sku": few.sku, "quantity": 3}]
    lines += [{"sku": gone.sku, "quantity": 1}, {"sku": "NO-SUCH", "quantity": 1}]

    quote = post(api, "/cart/quote", {"lines": lines, "district": "dhaka"}).json()

    assert [line["problem"] for line in quote["lines"]] == [
        None,
        "insufficient_stock",
        "out_of_stock",
        "unknown_sku",
    ]
    assert [line["max_quantity"] for line in quote["lines"]] == [10, 2, 0, 0]
    assert [line["line_total_poisha"] for line in quote["lines"]] == [30_000, 60_000, 30_000, 0]
    assert quote["lines"][0]["name"] == {"en": fine.product.name_en, "bn": fine.product.name_bn}
    assert re.fullmatch(r"/pictures/[0-9a-f]{64}\.svg", quote["lines"][0]["picture"]["url"])
    assert quote["lines"][3]["name"] is quote["lines"][3]["picture"] is None
    assert (quote["subtotal_poisha"], quote["delivery_poisha"], quote["total_poisha"]) == (
        120_000,
        6_000,
        126_000,
    )
    assert quote["orderable"] is False


def test_a_quote_without_a_district_leaves_the_delivery_open(api):
    """The total is then what the goods cost."""
    variant = VariantFactory(product__price_poisha=10_000)

    quote = post(api, "/cart/quote", {"lines": [{"sku": variant.sku, "quantity": 1}]}).json()

    assert (quote["delivery_poisha"], quote["total_poisha"], quote["orderable"]) == (None, 10_000, True)


def test_a_quote_is_what_checkout_charges(api):
    """The quoted total, sent back as expected, is accepted."""
    variant = VariantFactory(stock=5)
    cart = {"lines": [{"sku": variant.sku, "quantity": 2}], "district": "bandarban"}
    quote = post(api, "/cart/quote", cart).json()
    body = order_body((variant, 2))
    body["address"]["district"] = "bandarban"
    body["expected_total_poisha"] = quote["total_poisha"]

    answer = post(api, "/orders", body, **{"idempotency-key": new_key()})

    assert answer.status_code == 201
    assert answer.json()["total_poisha"] == quote["total_poisha"]


def test_a_guest_orders_and_follows_the_link(api):
    """201 and the order's page show the same, with phone and e-mail masked."""
    variant = VariantFactory(stock=5)

    answer = post(api, "/orders", order_body((variant, 2)), **{"idempotency-key": new_key()})
    page = api.get(f"/api/v1/orders/{answer.json()['token']}")

    assert (answer.status_code, page.status_code) == (201, 200)
    assert page.json() == answer.json()
    order = answer.json()
    assert order["contact"] == {
        "name": "Rahima Khatun",
        "phone": "+88017••••5678",
        "email": "r•••@example.com",
    }
    assert order["address"]["division"] == {"code": "dhaka", "name": {"en": "Dhaka", "bn": "ঢাকা"}}
    assert order["history"][0]["status"] == order["status"] == "confirmed"
    assert (order["can_cancel"], order["can_pay"]) == (True, False)
    assert order["created_at"].endswith("Z")
    assert page["Cache-Control"] == "no-store"


def test_a_signed_in_customer_must_prove_the_page_and_owns_the_order(api, settings):
    """A session cookie without its CSRF token is refused; with it the order is the customer's."""
    customer, variant = CustomerFactory(), VariantFactory(stock=5)
    api.force_login(customer, backend=BACKEND)
    api.cookies[settings.CSRF_COOKIE_NAME] = token = "s" * 32
    body, key = order_body((variant, 1)), new_key()

    forged = post(api, "/orders", body, **{"idempotency-key": key})
    honest = post(api, "/orders", body, **{"idempotency-key": key, "x-csrftoken": token})

    assert (forged.status_code, forged.json()["code"]) == (403, "csrf_failed")
    assert honest.status_code == 201
    assert Order.objects.get().customer == customer


def test_the_written_phone_is_kept_in_one_form(api):
    """Bangla digits and dashes are understood, and make no second body for one key."""
    variant, key = VariantFactory(stock=5), new_key()
    body = order_body((variant, 1))
    answers = []
    for phone in ("০১৭১২-৩৪৫৬৭৮", "+8801712345678"):
        body["contact"]["phone"] = phone
        answers.append(post(api, "/orders", body, **{"idempotency-key": key}))

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert Order.objects.get().contact_phone == "+8801712345678"


@pytest.mark.parametrize(
    ("make", "status", "code"),
    [
        (lambda body, variant: body["lines"][0].update(quantity=6), 409, "out_of_stock"),
        (lambda body, variant: body["lines"][0].update(sku="NO-SUCH"), 409, "out_of_stock"),
        (lambda body, variant: body.update(expected_total_poisha=1), 409, "total_changed"),
    ],
)
def test_a_refusal_is_a_problem_in_both_languages(api, make, status, code):
    """With the line that is to blame, and without an order."""
    variant = VariantFactory(stock=5)
    body = order_body((variant, 1))
    make(body, variant)
    if code == "out_of_stock":
        body["expected_total_poisha"] = body["lines"][0]["quantity"] * variant.price_poisha + 6_000

    answer = post(api, "/orders", body, **{"idempotency-key": new_key()})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert set(answer.json()["messages"]) == {"en", "bn"}
    assert bool(answer.json().get("errors")) == (code == "out_of_stock")
    assert not Order.objects.exists()


def test_a_key_with_another_body_is_refused(api):
    """409 idempotency_key_reused, and one order."""
    variant, key = VariantFactory(stock=5), new_key()
    post(api, "/orders", order_body((variant, 1)), **{"idempotency-key": key})

    answer = post(api, "/orders", order_body((variant, 2)), **{"idempotency-key": key})

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert Order.objects.count() == 1


def test_an_order_is_cancelled_once(api):
    """Then it is cancelled, and cannot be again."""
    order = placed((VariantFactory(stock=5), 1))

    first = post(api, f"/orders/{order.token}/cancel", {})
    second = post(api, f"/orders/{order.token}/cancel", {})

    assert (first.status_code, first.json()["status"]) == (200, "cancelled")
    assert first.json()["can_cancel"] is False
    assert [event["status"] for event in first.json()["history"]] == ["confirmed", "cancelled"]
    assert (second.status_code, second.json()["code"]) == (409, "not_cancellable")


def test_a_customer_sees_their_own_orders_newest_first(api):
    """Page by page, each order once, nobody else's."""
    customer, variant = CustomerFactory(), VariantFactory(stock=100)
    mine = [placed((variant, 2), customer_id=customer.id).number for _ in range(23)]
    placed((variant, 1), customer_id=CustomerFactory().id)
    placed((variant, 1))
    api.force_login(customer, backend=BACKEND)

    first = api.get("/api/v1/account/orders").json()
    second = api.get("/api/v1/account/orders", {"cursor": first["next_cursor"]}).json()

    assert [order["number"] for order in first["items"] + second["items"]] == mine[::-1]
    assert (len(first["items"]), second["next_cursor"]) == (20, None)
    assert first["items"][0]["item_count"] == 2
    assert first["items"][0]["payment_status"] == "due_on_delivery"


def test_orders_are_shown_to_nobody_who_is_not_signed_in(api):
    """401 and a problem."""
    answer = api.get("/api/v1/account/orders")

    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


def test_every_answer_costs_a_bounded_number_of_statements(api, django_assert_max_num_queries):
    """Independent of how many lines and orders there are."""
    customer = CustomerFactory()
    variants = [VariantFactory(stock=100) for _ in range(12)]
    lines = [(variant, 1) for variant in variants]
    order = unpaid(*lines, customer_id=customer.id)
    for _ in range(5):
        placed(*lines, customer_id=customer.id)

    with django_assert_max_num_queries(0):
        api.get("/api/v1/locations")
    with django_assert_max_num_queries(2):
        cart = {"lines": [{"sku": variant.sku, "quantity": 1} for variant in variants]}
        post(api, "/cart/quote", cart)
    with django_assert_max_num_queries(3):
        api.get(f"/api/v1/orders/{order.token}")
    with django_assert_max_num_queries(15):
        assert post(api, f"/orders/{order.token}/cancel", {}).status_code == 200
    with django_assert_max_num_queries(15):
        post(api, "/orders", order_body(*lines), **{"idempotency-key": new_key()})
    api.force_login(customer, backend=BACKEND)
    with django_assert_max_num_queries(3):  # session, customer, orders
        assert len(api.get("/api/v1/account/orders").json()["items"]) == 6


def test_checkout_has_a_rate_limit(api):
    """Above it: 429 with Retry-After, and nothing ordered."""
    variant = VariantFactory(stock=5)
    body = order_body((variant, 1), expected_total_poisha=1)

    for _ in range(2 * int(RATES.CHECKOUT.split("/")[0]) + 1):  # a new window may begin meanwhile
        answer = post(api, "/orders", body, **{"idempotency-key": new_key()})
        if answer.status_code == 429:
            break
        assert answer.status_code == 409

    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert int(answer["Retry-After"]) > 0
    assert not Order.objects.exists()
