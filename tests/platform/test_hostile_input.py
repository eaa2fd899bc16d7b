"""Hostile input of our own: whatever is sent, the answer is a 4xx problem document, and not a row is written."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from servers.running_shop import RunningShop, is_running
from servers.shop import Shop
from servers.shopper import API
from servers.visitors import NextVisitor

PROBLEM = "application/problem+json"
TOKEN = "a" * 43
EDGES_REFUSALS = {400, 405, 414}
# It quotes nothing of the request.
EDGES_PAGE_BYTES = 300
# A password may be any text.
OPAQUE = {"password"}
# What a refusal may leave behind: the memory of failed logins, and a session for the CSRF token.
NOT_COUNTED = ("axes_accessattempt", "axes_accessfailurelog", "django_session")


@pytest.fixture
def counts(served_shop: Shop | RunningShop) -> Callable[[], dict[str, int]]:
    """The number of rows of each table of the shop."""

    def count() -> dict[str, int]:
        tables = served_shop.query(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND NOT tablename = ANY(%s)",
            list(NOT_COUNTED),
        )
        union = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for (name,) in tables)
        return dict(served_shop.query(union))

    return count


@pytest.fixture
def client(served_shop: Shop | RunningShop, visitor: NextVisitor) -> Iterator[httpx.Client]:
    """A client with a session's CSRF token, whose every request comes from another address."""
    with served_shop.client(timeout=20, event_hooks={"request": [visitor.mark]}) as client:
        client.headers["X-CSRFToken"] = client.get(f"{API}/account/session").json()["csrf_token"]
        client.headers["Idempotency-Key"] = "hostile-input-0001"
        yield client


def is_edges_own(answer: httpx.Response) -> bool:
    """Whether edge has refused without asking the shop: to nginx a NUL in an address, or TRACE, is no HTTP."""
    return (
        is_running()
        and answer.headers["content-type"] == "text/html"
        and answer.status_code in EDGES_REFUSALS
        and len(answer.content) <= EDGES_PAGE_BYTES
    )


def assert_refused(answer: httpx.Response) -> None:
    assert 400 <= answer.status_code < 500, f"{answer.status_code}: {answer.text[:300]}"
    if is_edges_own(answer):
        return
    assert answer.headers["content-type"] == PROBLEM, answer.headers["content-type"]
    assert answer.json()["status"] == answer.status_code


ORDER: dict[str, Any] = {
    "lines": [{"sku": "no-such-sku", "quantity": 1}],
    "contact": {"name": "Rahima", "phone": "+8801712345678", "email": "rahima@example.com"},
    "address": {"line1": "12 Green Road", "area": "Dhanmondi", "district": "dhaka", "postcode": "1205"},
    "payment_method": "cod",
    "expected_total_poisha": 100,
    "language": "en",
}
BODIES: dict[str, dict[str, Any]] = {
    "/cart/quote": {"lines": [{"sku": "no-such-sku", "quantity": 1}], "district": "dhaka"},
    "/orders": ORDER,
    "/account/register": {
        "name": "Rahima",
        "email": "hostile@example.com",
        "phone": None,
        "password": "a long enough passphrase",
        "language": "en",
    },
    "/account/login": {"login": "nobody@example.com", "password": "a long enough passphrase"},
    "/account/password-reset": {"login": "nobody@example.com"},
    "/account/password-reset/confirm": {
        "uid": "MQ",
        "token": "abc-def",
        "new_password": "a long enough passphrase",
    },
}

HOSTILE_VALUES: dict[str, str] = {
    "NUL": '"a\\u0000b"',
    "lone surrogate": '"\\ud800"',
    "huge integer": "1" + "0" * 400,
    "beyond bigint": str(2**63),
    "negative": "-1",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "exponent": "1e400",
    "fraction": "1.5",
    "true": "true",
    "long text": json.dumps("ক" * 20_000),
    "list": "[[]]",
    "object": '{"__proto__": {"admin": true}}',
    "line break": '"a\\r\\nBcc: everybody@example.com"',
}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of every value in a document that is neither a list nor an object."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = False
    for key, part in parts:
        found = True
        yield from leaves(part, (*path, key))
    if not found:
        yield path


def spoilt(document: Any, path: tuple[Any, ...], raw: str) -> str:
    """The document as JSON with the raw text in place of one value."""
    mark = "\x01here\x01"
    copy = json.loads(json.dumps(document))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = mark
    return json.dumps(copy).replace(json.dumps(mark), raw)


@pytest.mark.parametrize("path", BODIES)
def test_no_field_takes_a_hostile_value(
    path: str, client: httpx.Client, counts: Callable[[], dict[str, int]]
) -> None:
    """Each field in turn holds each hostile value: refused or harmless, nothing above 4xx, not a row more."""
    before = counts()

    for leaf in leaves(BODIES[path]):
        for name, raw in HOSTILE_VALUES.items():
            if leaf[-1] in OPAQUE and name == "line break":
                continue
            answer = client.post(
                f"{API}{path}",
                content=spoilt(BODIES[path], leaf, raw).encode(),
                headers={"Content-Type": "application/json"},
            )
            assert answer.status_code < 500, f"{name} in {leaf}: {answer.text[:300]}"
            if answer.status_code >= 400:
                assert_refused(answer)
            else:
                assert path in {"/cart/quote", "/account/password-reset"}, (
                    f"{name} in {leaf} was taken: {answer.text[:300]}"
                )

    assert counts() == before


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half a document"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'"text"', id="a text"),
        pytest.param(b"\xff\xfe{\x00}\x00", id="UTF-16"),
        pytest.param(b'{"lines": "\xc3\x28"}', id="invalid UTF-8"),
        pytest.param(b"[" * 100_000, id="deep lists"),
        pytest.param(b'{"a":' * 20_000 + b"1" + b"}" * 20_000, id="deep objects"),
        pytest.param(b'{"__proto__": {}, "constructor": {}}', id="__proto__"),
        pytest.param(b"x" * 10_000_000, id="10 MB"),
    ],
)
def test_no_endpoint_takes_a_hostile_body(
    path: str, body: bytes, client: httpx.Client, counts: Callable[[], dict[str, int]]
) -> None:
    """Whatever the body is, the answer is a problem document, and nothing is written."""
    before = counts()

    assert_refused(client.post(f"{API}{path}", content=body, headers={"Content-Type": "application/json"}))

    assert counts() == before


def test_the_same_field_twice_means_neither(
    client: httpx.Client, counts: Callable[[], dict[str, int]]
) -> None:
    """A document that says a thing twice could be read in two ways: it places no order."""
    before = counts()
    body = json.dumps(ORDER)[:-1] + ', "payment_method": "sslcommerz"}'

    answer = client.post(f"{API}/orders", content=body, headers={"Content-Type": "application/json"})

    assert_refused(answer)
    assert counts() == before


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/xml",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "nonsense",
        "",
    ],
)
def test_a_wrong_content_type_is_refused(
    content_type: str, client: httpx.Client, counts: Callable[[], dict[str, int]]
) -> None:
    """A body that says it is no JSON places no order, whatever it holds (a form can be sent by any page)."""
    before = counts()

    answer = client.post(f"{API}/orders", content=json.dumps(ORDER), headers={"Content-Type": content_type})

    assert_refused(answer)
    assert counts() == before


@pytest.mark.parametrize(
    "path", ["/catalog/products", "/orders", "/account/login", f"/orders/{TOKEN}", "/payments/sslcommerz/ipn"]
)
def test_a_wrong_method_is_refused(path: str, client: httpx.Client) -> None:
    """A method that an address does not know is a 405, says which it knows, and is a problem document too."""
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "A" * 30):
        answer = client.request(method, f"{API}{path}")

        assert answer.status_code == 405
        assert is_edges_own(answer) or answer.headers["allow"]
        assert_refused(answer)


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=%ff%fe",
        "q=%ed%a0%80",
        "q=" + "%E0%A6%95" * 300,
        "limit=-1",
        "limit=1e9",
        "limit=NaN",
        "limit=" + "9" * 400,
        "min_price_poisha=-5",
        "max_price_poisha=" + "9" * 30,
        "cursor=%00",
        "cursor=" + "A" * 500,
        "cursor=..%2f..%2f",
        "sort=__proto__",
        "in_stock=perhaps",
        "brand=" + "&brand=".join(f"b{n}" for n in range(300)),
        "category=%27%3B%20DROP%20TABLE%20catalog_product%3B--",
    ],
)
def test_no_list_takes_a_hostile_question(query: str, client: httpx.Client) -> None:
    """Queries out of range, out of encoding and out of their mind are refused."""
    assert_refused(client.get(f"{API}/catalog/products?{query}"))


@pytest.mark.parametrize(
    "path",
    [
        "/catalog/products/%00",
        "/catalog/products/%ff",
        "/catalog/products/" + "a" * 5_000,
        "/catalog/products/..%2f..%2fetc",
        "/orders/%00",
        "/orders/" + "a" * 5_000,
        f"/orders/{TOKEN}%00",
        "/no/such/thing",
        "/%E0%A6%95",
        "/payments/sslcommerz/return/__proto__",
    ],
)
def test_no_path_is_hostile(path: str, client: httpx.Client) -> None:
    """Addresses of nothing are refused like any other input."""
    assert_refused(client.get(f"{API}{path}"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Idempotency-Key", "short"),
        ("Idempotency-Key", "ক" * 30),
        ("Idempotency-Key", "a" * 65),
        ("Idempotency-Key", "' OR 1=1 -- ------"),
    ],
)
def test_no_key_is_hostile(
    name: str, value: str, client: httpx.Client, counts: Callable[[], dict[str, int]]
) -> None:
    """An idempotency key that is none places no order."""
    before = counts()

    answer = client.post(f"{API}/orders", json=ORDER, headers={name: value.encode()})

    assert_refused(answer)
    assert counts() == before
