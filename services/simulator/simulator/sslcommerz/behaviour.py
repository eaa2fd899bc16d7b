"""What the simulated gateway and its customer can do with a session: one plan for each button of the payment page."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Behaviour(StrEnum):
    """The ways a payment can go; the value is the last part of its address."""

    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"
    TIMEOUT = "timeout"
    APPROVE_TWICE = "approve-twice"
    APPROVE_LATE = "approve-late"
    APPROVE_RISKY = "approve-risky"
    LIE = "lie"
    LIE_AMOUNT = "lie-amount"
    LIE_CURRENCY = "lie-currency"
    BAD_SIGNATURE = "bad-signature"


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens: which transaction the bank records, what is notified, and where the browser is sent.

    outcome: the recorded transaction's status, None for no transaction. notifications: how many IPNs, at once.
    return_url: the parameter that holds the address the browser goes to, None for nowhere.
    """

    label: str
    explanation: str
    group: Literal["honest", "late", "dishonest"]
    outcome: Literal["VALID", "FAILED", "CANCELLED", "PENDING"] | None
    notifications: int
    return_url: Literal["success_url", "fail_url", "cancel_url"] | None
    signature_holds: bool = True
    risky: bool = False
    error: str = ""


PLANS: dict[Behaviour, Plan] = {
    Behaviour.APPROVE: Plan(
        label="Approve",
        explanation="Paid. The shop is notified, then the browser returns.",
        group="honest",
        outcome="VALID",
        notifications=1,
        return_url="success_url",
    ),
    Behaviour.DECLINE: Plan(
        label="Decline",
        explanation="The bank refuses. The shop is notified, then the browser returns.",
        group="honest",
        outcome="FAILED",
        notifications=1,
        return_url="fail_url",
        error="system error: (unable to process transaction request)",
    ),
    Behaviour.CANCEL: Plan(
        label="Cancel",
        explanation="The customer changes their mind. The shop is notified, then the browser returns.",
        group="honest",
        outcome="CANCELLED",
        notifications=1,
        return_url="cancel_url",
        error="Cancelled by User",
    ),
    Behaviour.APPROVE_RISKY: Plan(
        label="Approve, but risky",
        explanation="Paid, with risk_level 1: the store should check the customer before it delivers.",
        group="honest",
        outcome="VALID",
        notifications=1,
        return_url="success_url",
        risky=True,
    ),
    Behaviour.APPROVE_TWICE: Plan(
        label="Approve, notify twice",
        explanation="Paid. The same notification reaches the shop twice at the same moment.",
        group="late",
        outcome="VALID",
        notifications=2,
        return_url="success_url",
    ),
    Behaviour.APPROVE_LATE: Plan(
        label="Approve, notify later",
        explanation="The bank takes its time: the payment is pending and nobody is told until you release it.",
        group="late",
        outcome="PENDING",
        notifications=0,
        return_url=None,
    ),
    Behaviour.TIMEOUT: Plan(
        label="Time out",
        explanation="Nothing is paid, nobody is told, the browser goes nowhere. The session stays open.",
        group="late",
        outcome=None,
        notifications=0,
        return_url=None,
    ),
    Behaviour.LIE: Plan(
        label="Lie: nothing was paid",
        explanation="The browser claims success with a forged validation id. There is no payment and no notification.",
        group="dishonest",
        outcome=None,
        notifications=0,
        return_url="success_url",
        signature_holds=False,
    ),
    Behaviour.LIE_AMOUNT: Plan(
        label="Lie about the amount",
        explanation="The notification says all is paid; the validation says a hundredth was.",
        group="dishonest",
        outcome="VALID",
        notifications=1,
        return_url="success_url",
    ),
    Behaviour.LIE_CURRENCY: Plan(
        label="Lie about the currency",
        explanation="The notification says taka; the validation says another currency.",
        group="dishonest",
        outcome="VALID",
        notifications=1,
        return_url="success_url",
    ),
    Behaviour.BAD_SIGNATURE: Plan(
        label="Bad signature",
        explanation="Paid, but what the shop and the browser are told is signed with a wrong password.",
        group="dishonest",
        outcome="VALID",
        notifications=1,
        return_url="success_url",
        signature_holds=False,
    ),
}
