"""The one interface behind which every way to pay stands. Amounts are integer poisha, always in BDT."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from orders.models import Order
from payments.errors import GatewayUnavailable, NotPayable


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """A payment to begin. ``transaction_id`` is ours, used for this attempt only; ``token`` is the order's."""

    transaction_id: str
    amount_poisha: int
    order_number: str
    token: str
    name: str
    phone: str
    email: str
    address: str
    city: str
    postcode: str
    item_count: int


@dataclass(frozen=True, slots=True)
class Session:
    """Where the customer pays."""

    key: str
    redirect_url: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the gateway itself, asked by us, says was paid. ``amount_poisha`` is None unless it was BDT throughout."""

    transaction_id: str
    validation_id: str
    bank_transaction_id: str
    amount_poisha: int | None
    risky: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """All that became of a transaction id: validation ids of what was paid, or why nothing was."""

    paid: Sequence[str]
    failed: bool
    failure: str = ""


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """``refund_id`` is ours: the same one again is the same refund."""

    refund_id: str
    bank_transaction_id: str
    amount_poisha: int
    reason: str


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    """Whether the gateway took the refund on, under its ``reference``; else why not."""

    accepted: bool
    reference: str
    failure: str = ""


class RefundState(StrEnum):
    PENDING = "pending"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


class PaymentProvider(Protocol):
    """A way to pay. Every method may raise GatewayUnavailable, which says nothing of the money."""

    @property
    def name(self) -> str:
        """The payment method that it serves."""
        ...

    def open_session(self, request: SessionRequest) -> Session:
        """Begin a payment. Raises NotPayable where there is nothing to pay online."""
        ...

    def receipt(self, *, validation_id: str) -> Receipt | None:
        """What was paid under this validation id; None if the gateway does not know it."""
        ...

    def standing(self, *, transaction_id: str) -> Standing:
        """What became of one attempt."""
        ...

    def refund(self, request: RefundRequest) -> RefundAnswer:
        """Ask for money to go back; safe to repeat."""
        ...

    def refund_state(self, *, reference: str) -> RefundState:
        """How a refund is getting on."""
        ...


class CashOnDelivery:
    """Cash is paid to the courier: there is no gateway, and what was not paid online is not refunded online."""

    name: Final = str(Order.PaymentMethod.CASH_ON_DELIVERY)

    def open_session(self, request: SessionRequest) -> Session:
        raise NotPayable

    def receipt(self, *, validation_id: str) -> Receipt | None:
        return None

    def standing(self, *, transaction_id: str) -> Standing:
        return Standing(paid=(), failed=False)

    def refund(self, request: RefundRequest) -> RefundAnswer:
        return RefundAnswer(accepted=False, reference="", failure="cash is given back by hand")

    def refund_state(self, *, reference: str) -> RefundState:
        return RefundState.PENDING


_providers: dict[str, PaymentProvider] = {CashOnDelivery.name: CashOnDelivery()}


def register(provider: PaymentProvider) -> None:
    """Make a provider known under its name (AppConfig.ready)."""
    _providers[provider.name] = provider


def provider_named(name: str) -> PaymentProvider:
    """The provider of a payment method (KeyError for none)."""
    return _providers[name]


__all__ = [
    "CashOnDelivery",
    "GatewayUnavailable",
    "PaymentProvider",
    "Receipt",
    "RefundAnswer",
    "RefundRequest",
    "RefundState",
    "Session",
    "SessionRequest",
    "Standing",
    "provider_named",
    "register",
]
