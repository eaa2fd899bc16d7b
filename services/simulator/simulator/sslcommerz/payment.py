"""Carry out a behaviour in a session: record the transaction, notify the shop, say where the browser goes."""

import asyncio
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from simulator.clock import now
from simulator.sslcommerz.behaviour import PLANS, Behaviour, Plan
from simulator.sslcommerz.ledger import CENT, Money, Session, Transaction, gateway_id
from simulator.sslcommerz.notification import Delivery, deliver, notification_fields

if TYPE_CHECKING:
    from simulator.world import World


class SessionClosedError(Exception):
    """The session is paid, failed, cancelled or pending: nothing more can be done in it."""


class NothingHeldError(Exception):
    """No notification of the session waits to be released."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was done: the fields the shop was or will be told, the deliveries, and where the browser goes (or "")."""

    session: Session
    fields: dict[str, str]
    deliveries: list[Delivery]
    return_url: str

    def as_json(self) -> dict[str, object]:
        """The result as the control API shows it."""
        return {
            "sessionkey": self.session.sessionkey,
            "tran_id": self.session.tran_id,
            "status": self.session.status,
            "fields": self.fields,
            "ipn": [delivery.as_json() for delivery in self.deliveries],
            "return_url": self.return_url or None,
        }


async def perform(world: "World", session: Session, behaviour: Behaviour) -> Result:
    """Do `behaviour` in `session`; raise SessionClosedError if the session is over or pending."""
    if session.closed:
        raise SessionClosedError(session.sessionkey)
    plan = PLANS[behaviour]
    transaction = _transaction(session, behaviour, plan)
    session.closed = plan.outcome is not None
    if plan.outcome is not None:
        session.transactions.append(transaction)
    session.note(f"customer or bank: {plan.label.lower()}")
    return await _tell(world, session, transaction, plan)


async def release(world: "World", session: Session) -> Result:
    """Settle the pending payment of `session` and notify the shop; raise NothingHeldError if there is none."""
    transaction = session.held
    if transaction is None:
        raise NothingHeldError(session.sessionkey)
    transaction.status = "VALID"
    transaction.at = now()
    session.note("bank: the late payment is released")
    return await _tell(world, session, transaction, PLANS[Behaviour.APPROVE])


async def browse(world: "World", result: Result) -> Delivery | None:
    """Do what the customer's browser would: POST the fields to the return address. None if it goes nowhere."""
    if not result.return_url:
        return None
    delivery = await deliver(
        world.callbacks, url=result.return_url, fields=result.fields, settings=world.settings
    )
    result.session.note(f"browser: {delivery.summary()}")
    return delivery


async def _tell(world: "World", session: Session, transaction: Transaction, plan: Plan) -> Result:
    tells = plan.notifications > 0 or plan.return_url is not None
    fields: dict[str, str] = {}
    if tells:
        fields = notification_fields(
            session, transaction, settings=world.settings, signature_holds=plan.signature_holds
        )
    ipn_url = session.parameters.get("ipn_url", "")
    deliveries: list[Delivery] = []
    if ipn_url:
        deliveries = await asyncio.gather(
            *(
                deliver(world.callbacks, url=ipn_url, fields=fields, settings=world.settings)
                for _ in range(plan.notifications)
            )
        )
    for delivery in deliveries:
        session.note(f"IPN: {delivery.summary()}")
    return_url = session.parameters[plan.return_url] if plan.return_url else ""
    return Result(session=session, fields=fields, deliveries=deliveries, return_url=return_url)


def _transaction(session: Session, behaviour: Behaviour, plan: Plan) -> Transaction:
    moment = now()
    return Transaction(
        status=plan.outcome or "VALID",  # without an outcome it is never recorded, only claimed
        money=_moved(session.asked, behaviour),
        val_id=gateway_id(moment),
        bank_tran_id=gateway_id(moment),
        risky=plan.risky,
        error=plan.error,
        at=moment,
    )


def _moved(asked: Money, behaviour: Behaviour) -> Money:
    """The money that the bank really moves when `asked` is asked for."""
    match behaviour:
        case Behaviour.LIE_AMOUNT:
            return replace(
                asked,
                amount=(asked.amount / 100).quantize(CENT),
                currency_amount=(asked.currency_amount / 100).quantize(CENT),
            )
        case Behaviour.LIE_CURRENCY:
            # As in the documented query example: the same number beside BDT and beside another currency.
            other = "USD" if asked.currency_type == "BDT" else "BDT"
            return replace(asked, currency_type=other, currency_rate=Decimal(1))
        case _:
            return asked
