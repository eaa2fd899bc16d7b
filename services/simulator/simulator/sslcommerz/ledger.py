"""What the simulated gateway remembers: sessions, the transactions tried in them, refunds."""

import secrets
import string
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from simulator.clock import gateway_time, now

SESSIONS_KEPT = 2_000
REFUNDS_KEPT = 2_000
EVENTS_KEPT_PER_SESSION = 50
STORE_SHARE = Decimal("0.975")  # what is left for the store after the bank's charge
CENT = Decimal("0.01")

TransactionStatus = Literal["PENDING", "VALID", "FAILED", "CANCELLED"]
RefundStatus = Literal["processing", "refunded", "cancelled"]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in BDT, and what was asked for in the currency of the session (the same for BDT)."""

    amount: Decimal
    currency_type: str
    currency_amount: Decimal
    currency_rate: Decimal

    def as_fields(self) -> dict[str, str]:
        """The protocol's money fields."""
        return {
            "amount": str(self.amount.quantize(CENT)),
            "currency": "BDT",
            "currency_type": self.currency_type,
            "currency_amount": str(self.currency_amount.quantize(CENT)),
            "currency_rate": f"{self.currency_rate:.4f}",
            "base_fair": "0.00",
        }


@dataclass(slots=True)
class Transaction:
    """One try to pay. `money` is what the bank really moved, whatever a notification says."""

    status: TransactionStatus
    money: Money
    val_id: str
    bank_tran_id: str
    risky: bool = False
    error: str = ""
    at: datetime = field(default_factory=now)
    validated_at: datetime | None = None

    @property
    def store_amount(self) -> str:
        """What the store gets, as the protocol writes it; empty when nothing was paid."""
        return str((self.money.amount * STORE_SHARE).quantize(CENT)) if self.status == "VALID" else ""

    @property
    def validation_status(self) -> str:
        """The status for validation and query: VALID until first validated, VALIDATED after; CANCELLED is FAILED."""
        if self.status == "VALID":
            return "VALID" if self.validated_at is None else "VALIDATED"
        return "FAILED" if self.status == "CANCELLED" else self.status

    def validate(self, moment: datetime) -> str:
        """The validation status as it was, and from now on the transaction is validated, since the first time."""
        status = self.validation_status
        self.validated_at = self.validated_at or moment
        return status


@dataclass(slots=True)
class Session:
    """A payment session: the parameters it was initiated with and what has happened in it since.

    `closed`: the customer has paid, failed or cancelled. `events`: what was done, one line each, oldest first.
    """

    sessionkey: str
    parameters: dict[str, str]
    asked: Money
    at: datetime = field(default_factory=now)
    transactions: list[Transaction] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    closed: bool = False

    @property
    def tran_id(self) -> str:
        """The merchant's transaction id."""
        return self.parameters["tran_id"]

    @property
    def held(self) -> Transaction | None:
        """The transaction whose notification waits to be released, or None."""
        return next((one for one in self.transactions if one.status == "PENDING"), None)

    @property
    def status(self) -> str:
        """The status of the latest transaction; OPEN when there is none."""
        return self.transactions[-1].status if self.transactions else "OPEN"

    def note(self, event: str) -> None:
        """Add a line to the events, dropping the oldest if there are too many."""
        self.events.append(f"{gateway_time(now())} {event}")
        del self.events[:-EVENTS_KEPT_PER_SESSION]

    def merchant_values(self) -> dict[str, str]:
        """value_a to value_d, as the merchant sent them."""
        return {name: self.parameters.get(name, "") for name in ("value_a", "value_b", "value_c", "value_d")}


@dataclass(slots=True)
class Refund:
    """A refund the merchant asked for."""

    refund_ref_id: str
    refund_trans_id: str
    bank_tran_id: str
    tran_id: str
    amount: Decimal
    remarks: str
    status: RefundStatus = "processing"
    initiated_at: datetime = field(default_factory=now)
    refunded_at: datetime | None = None


class Ledger:
    """The latest sessions and refunds, in memory; the oldest are dropped."""

    def __init__(self, *, sessions_kept: int = SESSIONS_KEPT, refunds_kept: int = REFUNDS_KEPT) -> None:
        self._sessions_kept = sessions_kept
        self._refunds_kept = refunds_kept
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._refunds: OrderedDict[str, Refund] = OrderedDict()

    def open_session(self, *, parameters: dict[str, str], asked: Money) -> Session:
        """A new session with a key of its own."""
        session = Session(sessionkey=secrets.token_hex(16).upper(), parameters=parameters, asked=asked)
        self._sessions[session.sessionkey] = session
        while len(self._sessions) > self._sessions_kept:
            self._sessions.popitem(last=False)
        return session

    def session(self, sessionkey: str) -> Session | None:
        """The session with this key, or None."""
        return self._sessions.get(sessionkey)

    def sessions_newest_first(self) -> list[Session]:
        """All sessions, newest first."""
        return list(reversed(self._sessions.values()))

    def transactions_of(self, tran_id: str) -> list[tuple[Session, Transaction]]:
        """Every transaction tried under the merchant's `tran_id`, oldest first."""
        return [pair for pair in self._transactions() if pair[0].tran_id == tran_id]

    def by_val_id(self, val_id: str) -> tuple[Session, Transaction] | None:
        """The paid transaction with this validation id, or None."""
        return next((pair for pair in self._paid() if pair[1].val_id == val_id), None)

    def by_bank_tran_id(self, bank_tran_id: str) -> tuple[Session, Transaction] | None:
        """The paid transaction with this id at the bank, or None."""
        return next((pair for pair in self._paid() if pair[1].bank_tran_id == bank_tran_id), None)

    def add_refund(self, refund: Refund) -> None:
        """Keep a new refund."""
        self._refunds[refund.refund_ref_id] = refund
        while len(self._refunds) > self._refunds_kept:
            self._refunds.popitem(last=False)

    def refund(self, refund_ref_id: str) -> Refund | None:
        """The refund with the gateway's reference, or None."""
        return self._refunds.get(refund_ref_id)

    def refunds(self) -> list[Refund]:
        """All refunds, oldest first."""
        return list(self._refunds.values())

    def clear(self) -> None:
        """Forget everything."""
        self._sessions.clear()
        self._refunds.clear()

    def _transactions(self) -> Iterator[tuple[Session, Transaction]]:
        for session in self._sessions.values():
            for transaction in session.transactions:
                yield session, transaction

    def _paid(self) -> Iterator[tuple[Session, Transaction]]:
        return (pair for pair in self._transactions() if pair[1].status == "VALID")


def gateway_id(moment: datetime) -> str:
    """An id such as `1709162025351ElIuHtUtFReBwE`: the time in Dhaka, then random letters and digits."""
    digits = "".join(character for character in gateway_time(moment) if character.isdigit())
    return digits[2:] + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(15))
