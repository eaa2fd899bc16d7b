"""What payments refuse."""

from ops.errors import ShopError


class NotPayable(ShopError):
    code = "not_payable"
    status = 409
    title = "Nothing to pay"
    en = "This order cannot be paid online (any more)."
    bn = "এই অর্ডারের মূল্য অনলাইনে (আর) পরিশোধ করা যাবে না।"


class GatewayUnavailable(ShopError):
    """The gateway gave no usable answer: that says nothing of any payment."""

    code = "payment_gateway_unavailable"
    status = 503
    title = "Payment gateway unavailable"
    en = "The payment gateway does not answer. Your order is kept; try to pay again in a moment."
    bn = "পেমেন্ট গেটওয়ে সাড়া দিচ্ছে না। আপনার অর্ডার রাখা আছে; একটু পরে আবার চেষ্টা করুন।"

    def __init__(self, reason: str = "") -> None:
        super().__init__(retry_after_seconds=15)
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}"


class InvalidNotification(ShopError):
    """A message that says to be from the gateway, but is not, or is not about a payment of ours."""

    code = "invalid_notification"
    status = 400
    title = "Notification refused"
    en = "The notification could not be verified."
    bn = "বার্তাটি যাচাই করা যায়নি।"
