"""What a customer is told of an order, by SMS and, if an address was given, by mail, in the order's language.

Each function belongs into the transaction of its event, and puts one effect for each channel into the outbox. The
key names the order and the event: an event that happens twice is told once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from catalog.money import format_money
from notify import outbox
from orders.models import Order, OrderLine


@dataclass(frozen=True, slots=True)
class Words:
    """One event in one language. Placeholders: number, total, link, name, shop."""

    subject: str
    sms: str
    opening: str


CONFIRMED: Final = "confirmed"
PAID: Final = "paid"
SHIPPED: Final = "shipped"
CANCELLED: Final = "cancelled"
EXPIRED: Final = "expired"
REFUND: Final = "refund"

WORDS: Final[Mapping[str, Mapping[str, Words]]] = {
    CONFIRMED: {
        "en": Words(
            "Order {number} is confirmed",
            "DhakaCart: order {number} is confirmed. Keep {total} ready for the delivery. {link}",
            "Thank you for your order. You pay {total} in cash when it arrives.",
        ),
        "bn": Words(
            "অর্ডার {number} নিশ্চিত হয়েছে",
            "DhakaCart: অর্ডার {number} নিশ্চিত হয়েছে। ডেলিভারির সময় {total} প্রস্তুত রাখুন। {link}",
            "আপনার অর্ডারের জন্য ধন্যবাদ। পণ্য হাতে পেয়ে নগদ {total} পরিশোধ করবেন।",
        ),
    },
    PAID: {
        "en": Words(
            "Order {number} is paid and confirmed",
            "DhakaCart: we have received {total}. Order {number} is confirmed. {link}",
            "Thank you, we have received your payment of {total}. Your order is confirmed.",
        ),
        "bn": Words(
            "অর্ডার {number}: মূল্য পরিশোধিত ও নিশ্চিত",
            "DhakaCart: আমরা {total} পেয়েছি। অর্ডার {number} নিশ্চিত হয়েছে। {link}",
            "ধন্যবাদ, আমরা আপনার {total} পেয়েছি। আপনার অর্ডার নিশ্চিত হয়েছে।",
        ),
    },
    SHIPPED: {
        "en": Words(
            "Order {number} is on its way",
            "DhakaCart: order {number} is on its way to you. {link}",
            "Your order has left our store and is on its way to you.",
        ),
        "bn": Words(
            "অর্ডার {number} পাঠানো হয়েছে",
            "DhakaCart: অর্ডার {number} আপনার ঠিকানায় পাঠানো হয়েছে। {link}",
            "আপনার অর্ডার আমাদের দোকান থেকে আপনার ঠিকানার উদ্দেশে রওনা হয়েছে।",
        ),
    },
    CANCELLED: {
        "en": Words(
            "Order {number} is cancelled",
            "DhakaCart: order {number} is cancelled. {link}",
            "Your order is cancelled. Nothing will be delivered.",
        ),
        "bn": Words(
            "অর্ডার {number} বাতিল হয়েছে",
            "DhakaCart: অর্ডার {number} বাতিল হয়েছে। {link}",
            "আপনার অর্ডার বাতিল হয়েছে। কোনো পণ্য পাঠানো হবে না।",
        ),
    },
    EXPIRED: {
        "en": Words(
            "Order {number} has expired",
            "DhakaCart: order {number} was not paid in time and has expired. {link}",
            "Your order was not paid in time, so its goods went back on sale. You are welcome to order again.",
        ),
        "bn": Words(
            "অর্ডার {number}-এর সময় শেষ",
            "DhakaCart: সময়মতো মূল্য পরিশোধ না হওয়ায় অর্ডার {number} বাতিল হয়েছে। {link}",
            "সময়মতো মূল্য পরিশোধ না হওয়ায় পণ্যগুলো আবার বিক্রির জন্য রাখা হয়েছে। চাইলে আবার অর্ডার করতে পারেন।",
        ),
    },
    REFUND: {
        "en": Words(
            "Order {number}: your money is coming back",
            "DhakaCart: we are returning {total} for order {number}. Your bank may take some days. {link}",
            "We have asked the payment gateway to return {total} to you. Your bank may take some days.",
        ),
        "bn": Words(
            "অর্ডার {number}: আপনার টাকা ফেরত আসছে",
            "DhakaCart: অর্ডার {number}-এর {total} ফেরত দেওয়া হচ্ছে। ব্যাংকের কয়েক দিন লাগতে পারে। {link}",
            "আপনার {total} ফেরত দিতে পেমেন্ট গেটওয়েকে অনুরোধ করা হয়েছে। ব্যাংকের কয়েক দিন লাগতে পারে।",
        ),
    },
}
_FRAME: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "hello": "Dear {name},",
        "total": "Total: {total}",
        "track": "Your order: {link}",
        "bye": "DhakaCart",
    },
    "bn": {
        "hello": "প্রিয় {name},",
        "total": "মোট: {total}",
        "track": "আপনার অর্ডার: {link}",
        "bye": "ঢাকাকার্ট",
    },
}


def confirmed(order: Order) -> None:
    """A cash order was placed."""
    _tell(order, CONFIRMED)


def paid(order: Order) -> None:
    """The payment has arrived, and with it the order is confirmed."""
    _tell(order, PAID)


def shipped(order: Order) -> None:
    _tell(order, SHIPPED)


def cancelled(order: Order) -> None:
    _tell(order, CANCELLED)


def expired(order: Order) -> None:
    _tell(order, EXPIRED)


def refund_requested(order: Order, *, amount_poisha: int, reference: str) -> None:
    """Money goes back; ``reference`` tells apart several refunds of one order."""
    _tell(order, REFUND, amount_poisha=amount_poisha, key=f"{REFUND}:{reference}")


def tracking_link(order: Order) -> str:
    """The order's page at the shop's public address."""
    return f"{settings.ENV.origin}/orders/{order.token}"


def _tell(order: Order, event: str, *, amount_poisha: int | None = None, key: str | None = None) -> None:
    language = order.language if order.language in _FRAME else "bn"
    amount = order.total_poisha if amount_poisha is None else amount_poisha
    values = {
        "number": order.number,
        "total": format_money(amount, language=language),
        "link": tracking_link(order),
        "name": order.contact_name,
    }
    words = WORDS[event][language]
    prefix = f"order:{order.number}:{key or event}"
    outbox.enqueue(
        kind="sms",
        key=f"{prefix}:sms",
        payload={"to": order.contact_phone, "text": words.sms.format_map(values)},
    )
    if order.contact_email:
        outbox.enqueue(
            kind="mail",
            key=f"{prefix}:mail",
            payload={
                "to": order.contact_email,
                "subject": words.subject.format_map(values),
                "text": _mail_text(order, words, language, values),
            },
        )


def _mail_text(order: Order, words: Words, language: str, values: Mapping[str, str]) -> str:
    frame = _FRAME[language]
    goods = [
        f"  {line.quantity} × {line.name_bn if language == 'bn' else line.name_en}: "
        f"{format_money(line.line_total_poisha, language=language)}"
        for line in OrderLine.objects.filter(order=order)
    ]
    total = frame["total"].format(total=format_money(order.total_poisha, language=language))
    return "\n".join(
        [
            frame["hello"].format_map(values),
            "",
            words.opening.format_map(values),
            "",
            *goods,
            f"  {total}",
            "",
            frame["track"].format_map(values),
            "",
            frame["bye"],
            "",
        ]
    )
