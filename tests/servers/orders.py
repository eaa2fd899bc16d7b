"""What a shopper sends who orders one piece of something to Dhaka, as a guest or not."""

from typing import Any

Line = dict[str, Any]


def one_piece(sku: str) -> list[Line]:
    return [{"sku": sku, "quantity": 1}]


def order_body(
    lines: list[Line],
    *,
    total_poisha: int,
    phone: str,
    email: str,
    payment_method: str = "cod",
    language: str = "bn",
) -> dict[str, Any]:
    """The body of POST /orders."""
    return {
        "lines": lines,
        "contact": {"name": "রহিমা", "phone": phone, "email": email},
        "address": {"line1": "১২ গ্রিন রোড", "area": "ধানমন্ডি", "district": "dhaka", "postcode": "1205"},
        "payment_method": payment_method,
        "expected_total_poisha": total_poisha,
        "language": language,
    }
