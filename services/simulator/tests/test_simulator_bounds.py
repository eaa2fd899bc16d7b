"""State in memory is bounded: the oldest is dropped."""

from decimal import Decimal

from simulator.messages import Inbox
from simulator.sslcommerz.ledger import EVENTS_KEPT_PER_SESSION, Ledger, Money, Refund

MONEY = Money(amount=Decimal(10), currency_type="BDT", currency_amount=Decimal(10), currency_rate=Decimal(1))


def receive(inbox, number):
    """Receive the message with this number."""
    return inbox.receive(
        identity=("sms", str(number)), channel="sms", to="01711111111", text=str(number), key=str(number)
    )


def test_the_inbox_drops_the_oldest_message_with_its_identity():
    """Beyond `kept` the oldest goes, and what comes under its identity later is new."""
    inbox = Inbox(kept=2)
    for number in range(3):
        receive(inbox, number)

    assert [message.text for message in inbox.newest_first()] == ["2", "1"]
    assert receive(inbox, 0)[1] is True


def test_messages_without_identity_are_bounded_too():
    """Mail without a Message-ID is kept each time, and no more of it than of other mail."""
    inbox = Inbox(kept=2)
    for _ in range(3):
        inbox.receive(identity=None, channel="mail", to="a@example.com", text="same", key="")

    assert len(inbox.newest_first()) == 2


def test_the_ledger_drops_the_oldest_session_and_refund():
    """Beyond what is kept, the oldest sessions and refunds go."""
    ledger = Ledger(sessions_kept=2, refunds_kept=2)
    keys = [
        ledger.open_session(parameters={"tran_id": str(number)}, asked=MONEY).sessionkey
        for number in range(3)
    ]
    for number in range(3):
        ledger.add_refund(
            Refund(
                refund_ref_id=str(number),
                refund_trans_id=str(number),
                bank_tran_id="b",
                tran_id="t",
                amount=Decimal(1),
                remarks="r",
            )
        )

    assert ledger.session(keys[0]) is None
    assert [session.sessionkey for session in ledger.sessions_newest_first()] == keys[:0:-1]
    assert [refund.refund_ref_id for refund in ledger.refunds()] == ["1", "2"]


def test_a_session_keeps_its_latest_events():
    """A session that is asked about for ever does not grow for ever."""
    session = Ledger().open_session(parameters={"tran_id": "1"}, asked=MONEY)

    for number in range(EVENTS_KEPT_PER_SESSION + 5):
        session.note(f"event {number}")

    assert len(session.events) == EVENTS_KEPT_PER_SESSION
    assert session.events[-1].endswith(f"event {EVENTS_KEPT_PER_SESSION + 4}")
