"""What axe finds on the main pages: nothing serious, on a wide screen and on a phone, in both languages."""

import secrets
from typing import Any

import pytest
from e2e.conftest import Device, lacking
from e2e.words import WORDS, Words
from playwright.sync_api import Page, expect

from dhakacart.operations.paths import Checkout

API = "/api/v1"
IMPACTS = ("serious", "critical")


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core's own source, to be run in the page."""
    path = Checkout.here().storefront / "node_modules" / "axe-core" / "axe.min.js"
    if not path.exists():
        lacking("axe-core is not installed (make dev installs it)")
    return path.read_text()


def violations(page: Page, axe: str) -> list[str]:
    """The serious and critical ones, each in a line."""
    page.evaluate(axe)
    result: dict[str, Any] = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{found['impact']}: {found['id']}: {found['help']}: {node['target']}"
        for found in result["violations"]
        if found["impact"] in IMPACTS
        for node in found["nodes"]
    ]


def ready(page: Page, address: str, words: Words) -> None:
    """At this address, with its heading there and nothing more being loaded."""
    page.goto(address)
    expect(page.get_by_role("main").get_by_role("heading").first).to_be_visible()
    expect(page.get_by_role("status").get_by_text(words.loading, exact=True)).to_have_count(0)


@pytest.fixture
def product(page: Page) -> dict[str, Any]:
    """A product that can be had, with its variants."""
    items = page.request.get(f"{API}/catalog/products", params={"in_stock": "true"}).json()["items"]
    found: dict[str, Any] = page.request.get(f"{API}/catalog/products/{items[0]['slug']}").json()
    return found


@pytest.fixture
def order_token(page: Page, product: dict[str, Any]) -> str:
    """The address of an order for it, paid on delivery."""
    lines = [{"sku": next(one["sku"] for one in product["variants"] if one["max_quantity"]), "quantity": 1}]
    quote = page.request.post(f"{API}/cart/quote", data={"lines": lines, "district": "dhaka"}).json()
    answer = page.request.post(
        f"{API}/orders",
        data={
            "lines": lines,
            "contact": {"name": "Rahima", "phone": "01712345678", "email": None},
            "address": {"line1": "12 Green Road", "area": "Dhanmondi", "district": "dhaka", "postcode": None},
            "payment_method": "cod",
            "expected_total_poisha": quote["total_poisha"],
            "language": "en",
        },
        headers={"Idempotency-Key": secrets.token_urlsafe(24)},
    )
    assert answer.ok, answer.text()
    token: str = answer.json()["token"]
    return token


def test_main_pages(
    page: Page,
    axe: str,
    device: Device,
    product: dict[str, Any],
    order_token: str,
    subtests: pytest.Subtests,
) -> None:
    """Every kind of page, the cart with something in it."""
    words = WORDS[device.language]
    ready(page, f"/p/{product['slug']}", words)
    assert violations(page, axe) == []
    page.get_by_role("main").get_by_role("button", name=words.add_to_cart, exact=True).click()

    for address in (
        "/cart",
        "/checkout",
        f"/orders/{order_token}",
        "/",
        f"/c/{product['category']['slug']}",
        f"/search?q={product['name']['bn'].split()[0]}",
        "/search?q=nothing-is-called-so",
        "/account/login",
        "/account/register",
        "/account/reset",
        "/no/such/page",
    ):
        with subtests.test(address=address):
            ready(page, address, words)
            assert violations(page, axe) == []


def test_axe_sees_what_is_wrong(page: Page, axe: str) -> None:
    """The pair: a page with an unlabelled field and an empty button is found out."""
    page.set_content("<html><body><main><input><button></button></main></body></html>")

    assert len(violations(page, axe)) >= 2
