"""A customer's whole way through the shop, on a desktop in English and on a phone in Bangla."""

import re
import secrets
from typing import Any

import pytest
from e2e.conftest import Device, Site
from e2e.words import WORDS
from playwright.sync_api import Page, expect
from servers.shopper import PASSWORD

API = "/api/v1"
ORDER_PAGE = re.compile(r"/orders/([A-Za-z0-9_-]{32,43})\?payment=success")


@pytest.fixture
def product(page: Page) -> dict[str, Any]:
    """Something that can be had, and that SSLCommerz takes the money for (10 to 500,000 taka)."""
    answer = page.request.get(
        f"{API}/catalog/products",
        params={"in_stock": "true", "sort": "price_asc", "min_price_poisha": 100_000},
    )
    found: dict[str, Any] = answer.json()["items"][0]
    return found


def test_a_customer_buys_and_cancels(page: Page, site: Site, device: Device, product: dict[str, Any]) -> None:
    """Registers, searches in Bangla, buys through SSLCommerz, is told by mail and SMS, cancels, gets the money back."""
    words = WORDS[device.language]
    email = f"e2e-{secrets.token_hex(6)}@example.com"
    phone = f"018{secrets.randbelow(10**8):08d}"
    main = page.get_by_role("main")

    page.goto("/account/register")
    page.get_by_label(words.name).fill("রহিমা খাতুন")
    page.get_by_label(words.phone).fill(phone)
    page.get_by_label(words.email).fill(email)
    page.get_by_role("textbox", name=words.password).fill(PASSWORD)
    main.get_by_role("button", name=words.register).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("রহিমা খাতুন")

    page.get_by_role("searchbox", name=words.search).fill(product["name"]["bn"])
    page.get_by_role("searchbox", name=words.search).press("Enter")
    page.wait_for_url("**/search?q=*")
    main.get_by_role("link", name=product["name"][device.language], exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(product["name"][device.language])

    main.get_by_role("button", name=words.add_to_cart, exact=True).click()
    page.get_by_role("link", name=words.view_cart).click()
    page.get_by_role("link", name=words.to_checkout).click()

    page.get_by_label(words.name).fill("রহিমা খাতুন")
    page.get_by_label(words.phone).fill(phone)
    page.get_by_label(words.email).fill(email)
    page.get_by_role("combobox", name=words.division, exact=True).select_option("dhaka")
    page.get_by_role("combobox", name=words.district, exact=True).select_option("dhaka")
    page.get_by_label(words.line1).fill("১২ গ্রিন রোড")
    page.get_by_label(words.area).fill("ধানমন্ডি")
    page.get_by_label(words.postcode).fill("1205")
    page.get_by_role("radio", name=words.pay_online).check()
    page.get_by_role("button", name=words.place_and_pay).click()

    page.get_by_role("button", name="Approve", exact=True).click()
    page.wait_for_url(ORDER_PAGE)
    expect(main.get_by_text(words.paid_title)).to_be_visible()
    expect(main.get_by_text(words.confirmed).first).to_be_visible()
    expect(main.get_by_text(words.paid, exact=True)).to_be_visible()

    token = ORDER_PAGE.search(page.url)[1]
    order = page.request.get(f"{API}/orders/{token}").json()
    assert (order["status"], order["payment"]["status"]) == ("confirmed", "paid")
    mail = site.inbox.wait_for(to=email, channel="mail", containing=order["number"])
    sms = site.inbox.wait_for(to=f"+88{phone}", channel="sms", containing=order["number"])
    for message in (mail, sms):
        assert f"{site.url}/orders/{token}" in message.text
        assert message.received_count == 1
    assert order["lines"][0]["name"][device.language] in mail.text

    page.get_by_role("button", name=words.cancel, exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=words.cancel_yes).click()
    expect(main.get_by_text(words.refund_title)).to_be_visible()
    expect(main.get_by_text(words.refund, exact=True)).to_be_visible()
    order = page.request.get(f"{API}/orders/{token}").json()
    assert (order["status"], order["payment"]["status"]) == ("cancelled", "refund_requested")
