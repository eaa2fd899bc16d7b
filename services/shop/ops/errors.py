"""The base of every refusal that a shopper may see: a stable code and a text in both languages (RFC 9457)."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one input: ``field`` is a dotted path into the request."""

    field: str
    code: str
    en: str
    bn: str


class ShopError(Exception):
    """A rule said no. Subclasses name ``code``, ``status`` and both texts; raise it anywhere, the API renders it."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "Request refused"
    en: ClassVar[str] = "This cannot be done."
    bn: ClassVar[str] = "এটি করা সম্ভব নয়।"

    def __init__(
        self, *, errors: list[FieldError] | None = None, retry_after_seconds: int | None = None
    ) -> None:
        super().__init__(self.code)
        self.errors = errors or []
        self.retry_after_seconds = retry_after_seconds

    def __str__(self) -> str:
        return f"{self.code}: {self.en}"


class InvalidInput(ShopError):
    code = "invalid_input"
    status = 422
    title = "Invalid input"
    en = "Some of the input is not valid. Correct the marked fields and send it again."
    bn = "কিছু তথ্য সঠিক নয়। চিহ্নিত ঘরগুলো ঠিক করে আবার পাঠান।"


class MalformedRequest(ShopError):
    code = "malformed_request"
    status = 400
    title = "Malformed request"
    en = "The request could not be read. Check its encoding and its JSON."
    bn = "অনুরোধটি পড়া যায়নি। এনকোডিং ও JSON যাচাই করুন।"


class NotFound(ShopError):
    code = "not_found"
    status = 404
    title = "Not found"
    en = "There is nothing at this address."
    bn = "এই ঠিকানায় কিছু পাওয়া যায়নি।"


class MethodNotAllowed(ShopError):
    code = "method_not_allowed"
    status = 405
    title = "Method not allowed"
    en = "This address does not take this kind of request."
    bn = "এই ঠিকানায় এ ধরনের অনুরোধ নেওয়া হয় না।"


class NotSignedIn(ShopError):
    code = "not_signed_in"
    status = 401
    title = "Not signed in"
    en = "Sign in first."
    bn = "আগে লগ ইন করুন।"


class CsrfFailed(ShopError):
    code = "csrf_failed"
    status = 403
    title = "Request could not be verified"
    en = "The request did not come from this shop's page. Reload the page and try again."
    bn = "অনুরোধটি এই দোকানের পাতা থেকে আসেনি। পাতাটি আবার লোড করে চেষ্টা করুন।"


class RateLimited(ShopError):
    code = "rate_limited"
    status = 429
    title = "Too many requests"
    en = "Too many attempts. Wait a little and try again."
    bn = "অনেকবার চেষ্টা হয়েছে। একটু অপেক্ষা করে আবার চেষ্টা করুন।"


class TemporarilyUnavailable(ShopError):
    code = "temporarily_unavailable"
    status = 503
    title = "Temporarily unavailable"
    en = "The shop cannot answer right now. Nothing was changed; try again in a moment."
    bn = "দোকান এই মুহূর্তে সাড়া দিতে পারছে না। কিছুই বদলায়নি; একটু পরে আবার চেষ্টা করুন।"


class InternalError(ShopError):
    code = "internal_error"
    status = 500
    title = "Internal error"
    en = "Something went wrong on our side. We have been told."
    bn = "আমাদের দিকে একটি সমস্যা হয়েছে। আমরা খবর পেয়েছি।"
