"""A real browser before the production shape: the same files as before the embedded engine, through HTTPS at edge."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Error, sync_playwright
from servers.production_shape import ProductionShop
from servers.suite import run_suite

CHROMIUM = "/usr/bin/chromium"
SUITE_SECONDS = 600.0
# Chromium drops every open request when any container of this machine comes or goes with its network interface.
DISTURBED = "ERR_NETWORK_CHANGED"
ATTEMPTS = 3
PATIENCE_MILLISECONDS = 30_000
# SHA-256 of no key.
ANOTHER_PIN = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


@pytest.fixture
def chromium(production: ProductionShop) -> str:
    """Debian's Chromium: the path of its program."""
    if not Path(CHROMIUM).exists():
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER=1, but there is no chromium")
        pytest.skip("no browser test: there is no chromium (apt-get install chromium)")
    return CHROMIUM


def test_customers_buy_on_every_device(chromium: str, production: ProductionShop) -> None:
    """The purchase and the pages' accessibility, desktop and phone: all pass, and none is left out."""
    environment = {**production.told(), "REQUIRE_BROWSER": "1"}
    for _ in range(ATTEMPTS):
        numbers = run_suite("tests/e2e", environment=environment, seconds=SUITE_SECONDS)
        if numbers.status == 0 or DISTURBED not in numbers.output:
            break

    assert (numbers.status, numbers.failed, numbers.skipped) == (0, 0, 0), numbers.tail
    assert numbers.passed > 0


def test_the_browser_trusts_no_other_key(chromium: str, production: ProductionShop) -> None:
    """The pair: without the pin of edge's own key, or with another, Chromium refuses the connection."""
    for pin in ((), (f"--ignore-certificate-errors-spki-list={ANOTHER_PIN}",)):
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--no-proxy-server", *pin]
            )
            page = browser.new_page()
            with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
                page.goto(production.urls()["storefront"], timeout=PATIENCE_MILLISECONDS)
            browser.close()
