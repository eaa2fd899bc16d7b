"""On a slow connection the shop says what it waits for, and no press is lost."""

from e2e.conftest import Device
from e2e.words import WORDS
from playwright.sync_api import Page, Route, expect

API = "/api/v1"


def test_an_order_waits_for_its_sum(page: Page, device: Device) -> None:
    """While the sum for the chosen district is on its way, the old one is not shown and the order cannot be placed."""
    words = WORDS[device.language]
    items = page.request.get(f"{API}/catalog/products", params={"in_stock": "true"}).json()["items"]
    held: list[Route] = []

    # given a checkout with a sum, and a connection that has become slow
    page.goto(f"/p/{items[0]['slug']}")
    page.get_by_role("main").get_by_role("button", name=words.add_to_cart, exact=True).click()
    page.get_by_role("link", name=words.view_cart).click()
    page.get_by_role("link", name=words.to_checkout).click()
    button = page.get_by_role("button", name=words.place, exact=True)
    expect(button).to_be_enabled()
    total = button.locator("xpath=..").locator("strong")
    page.route(f"**{API}/cart/quote", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks what it is given

    # when a district is chosen, which changes the delivery
    page.get_by_role("combobox", name=words.division, exact=True).select_option("dhaka")
    with page.expect_request(f"**{API}/cart/quote"):
        page.get_by_role("combobox", name=words.district, exact=True).select_option("dhaka")

    # then nothing can be agreed to, until the sum is there
    expect(button).to_be_disabled()
    expect(total).to_have_text("…")
    for route in held:
        route.continue_()
    expect(total).not_to_have_text("…")
    expect(button).to_be_enabled()
