"""Refunds."""

import pytest


@pytest.fixture
def bank_tran_id(simulator, shop):
    """The bank's id of a paid transaction of 1150.50 BDT."""
    return simulator.pay(simulator.open_session(shop), "approve")["fields"]["bank_tran_id"]


@pytest.fixture
def refund(simulator, bank_tran_id):
    """refund(**changes): the answer to a request to refund the whole payment."""

    def request(**changes):
        parameters = {
            "bank_tran_id": bank_tran_id,
            "refund_trans_id": "DC-26-ABCDEFGH-R1",
            "refund_amount": "1150.50",
            "refund_remarks": "Paid after the reservation had gone",
            "refe_id": "DC-26-ABCDEFGH",
            **changes,
        }
        return simulator.query(**{name: value for name, value in parameters.items() if value is not None})

    return request


def test_a_refund_is_initiated_once(simulator, refund, documented):
    """success the first time; the same refund_trans_id again: processing, under the same reference, nothing more."""
    first = refund()
    second = refund()

    assert set(first) == set(documented("refund_response"))
    assert (first["status"], second["status"]) == ("success", "processing")
    assert first["refund_ref_id"] == second["refund_ref_id"] != ""
    assert first["trans_id"] == "DC-26-ABCDEFGH-1"
    (payment,) = simulator.client.get("/api/payments").json()
    assert [one["amount"] for one in payment["refunds"]] == ["1150.50"]


@pytest.mark.parametrize("outcome", ["refunded", "cancelled"])
def test_a_refund_is_processing_until_it_is_settled(simulator, refund, documented, outcome):
    """The query says processing, and after the settlement how it ended; it ends once."""
    reference = refund()["refund_ref_id"]
    processing = simulator.query(refund_ref_id=reference)
    assert (processing["status"], processing["refunded_on"]) == ("processing", "")
    assert set(documented("refund_query_response")) <= set(processing)

    settled = simulator.client.post(f"/control/refunds/{reference}/{outcome}")

    assert settled.status_code == 200
    ended = simulator.query(refund_ref_id=reference)
    assert ended["status"] == outcome
    assert bool(ended["refunded_on"]) == (outcome == "refunded")
    assert simulator.client.post(f"/control/refunds/{reference}/refunded").status_code == 409


def test_no_more_than_was_paid_is_refunded(refund):
    """Partial refunds add up to the payment and not beyond; a cancelled one does not count."""
    assert refund(refund_amount="1000.00")["status"] == "success"
    assert refund(refund_trans_id="R2", refund_amount="150.51")["status"] == "failed"
    assert refund(refund_trans_id="R3", refund_amount="150.50")["status"] == "success"
    assert refund(refund_trans_id="R4", refund_amount="0.01")["status"] == "failed"


def test_a_cancelled_refund_can_be_asked_for_again(simulator, refund):
    """What was not given back is still there, under a new refund_trans_id."""
    reference = refund()["refund_ref_id"]
    simulator.client.post(f"/control/refunds/{reference}/cancelled")

    assert refund(refund_trans_id="R2")["status"] == "success"


@pytest.mark.parametrize(
    "changes", [{"bank_tran_id": "unknown"}, {"refund_amount": "0"}, {"refund_amount": "0.00"}]
)
def test_what_cannot_be_refunded_fails_with_a_reason(refund, changes):
    """An unknown payment or no amount: failed, errorReason, no reference."""
    answer = refund(**changes)

    assert (answer["APIConnect"], answer["status"], answer["refund_ref_id"]) == ("DONE", "failed", "")
    assert answer["errorReason"]


def test_a_refund_trans_id_belongs_to_one_refund(refund):
    """The same id for another amount fails."""
    refund()

    assert refund(refund_amount="10.00")["status"] == "failed"


@pytest.mark.parametrize(
    "changes",
    [
        {"refund_trans_id": None},
        {"refund_trans_id": "x" * 31},
        {"refund_amount": None},
        {"refund_amount": "-1"},
        {"refund_amount": "all"},
        {"refund_remarks": None},
        {"refund_remarks": " "},
    ],
)
def test_incomplete_requests_are_invalid(refund, changes):
    """A missing or malformed parameter: INVALID_REQUEST."""
    assert refund(**changes)["APIConnect"] == "INVALID_REQUEST"


def test_unknown_refunds(simulator):
    """Neither a query nor a settlement finds what is not there."""
    assert simulator.query(refund_ref_id="59bd63fea5455")["APIConnect"] == "INVALID_REQUEST"
    assert simulator.client.post("/control/refunds/59bd63fea5455/refunded").status_code == 404


def test_the_inbox_settles_refunds_by_button(simulator, refund):
    """The page shows a refund with its buttons; pressing one settles it and leads back."""
    reference = refund()["refund_ref_id"]
    assert f"/refunds/{reference}/refunded" in simulator.client.get("/").text

    response = simulator.client.post(f"/refunds/{reference}/refunded")

    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert simulator.query(refund_ref_id=reference)["status"] == "refunded"
