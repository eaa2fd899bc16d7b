"""Hostile headers, and bytes that are no HTTP: the shop answers or hangs up, and goes on serving."""

import pytest
from servers.raw_http import exchange
from servers.running_shop import RunningShop
from servers.shop import Shop
from servers.shopper import API, Shopper


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Cookie", b"session=" + b"A" * 6_000),
        ("Cookie", b"session=\xff\xfe; csrftoken=\x80"),
        ("X-Request-ID", b"\xff" * 100),
        ("traceparent", b"00-" + b"z" * 5_000),
        ("X-Forwarded-For", b"1.2.3.4," * 500),
        ("X-Forwarded-For", b"<script>"),
        ("If-None-Match", b'"' * 5_000),
        ("Accept-Language", b"bn" * 3_000),
        ("Accept", b"nonsense/;q=x"),
        ("Range", b"bytes=-1-"),
    ],
)
def test_headers_are_only_headers(name: str, value: bytes, served_shop: Shop | RunningShop) -> None:
    """A header of nonsense changes nothing about a page that does not need it."""
    with served_shop.client(timeout=20) as client:
        answer = client.get(f"{API}/catalog/categories", headers={name: value})

    assert answer.status_code in {200, 304, 400, 431}, answer.text[:300]


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(
            b"GET /api/v1/catalog/categories HTTP/1.1\r\nHost: evil.example\r\n\r\n", id="another host"
        ),
        pytest.param(b"GET /api/v1/catalog/categories HTTP/1.1\r\n\r\n", id="no host"),
        pytest.param(
            b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", id="a long address"
        ),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n", id="a long header"
        ),
        pytest.param(b"NONSENSE\r\n\r\n", id="no HTTP"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", id="TLS to a plain port"),
        pytest.param(
            b"POST /api/v1/cart/quote HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
            id="negative length",
        ),
        pytest.param(
            b"POST /api/v1/cart/quote HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            id="two lengths",
        ),
    ],
)
def test_bytes_that_no_client_sends(request_bytes: bytes, served_shop: Shop | RunningShop) -> None:
    """Below HTTP too: refused or hung up on, never a 5xx, and the next visitor is served."""
    status = exchange(url=served_shop.url, request=request_bytes, authority=served_shop.authority)

    assert status is None or 400 <= status < 500
    with Shopper(served_shop) as shopper:
        assert shopper.get("/catalog/categories").status_code == 200
