"""What orders refuse."""

from ops.errors import ShopError


class OutOfStock(ShopError):
    code = "out_of_stock"
    status = 409
    title = "Out of stock"
    en = "Some of the goods are no longer available in this number. Nothing was ordered; look at your cart again."
    bn = "কিছু পণ্য এই সংখ্যায় আর নেই। কোনো অর্ডার হয়নি; কার্টটি আবার দেখুন।"


class TotalChanged(ShopError):
    code = "total_changed"
    status = 409
    title = "The total has changed"
    en = "A price has changed since you saw it. Nothing was ordered; look at the new total."
    bn = "আপনি দেখার পর দাম বদলেছে। কোনো অর্ডার হয়নি; নতুন মোট দেখে নিন।"


class IdempotencyKeyReused(ShopError):
    code = "idempotency_key_reused"
    status = 409
    title = "Idempotency key reused"
    en = "This key belongs to another order. Send the request with a new key."
    bn = "এই কী অন্য একটি অর্ডারের। নতুন কী দিয়ে অনুরোধ পাঠান।"


class NotCancellable(ShopError):
    code = "not_cancellable"
    status = 409
    title = "Too late to cancel"
    en = "This order can no longer be cancelled."
    bn = "এই অর্ডারটি আর বাতিল করা যাবে না।"


class IllegalTransition(ShopError):
    code = "illegal_transition"
    status = 409
    title = "Not possible now"
    en = "The order is not in a state that allows this."
    bn = "অর্ডারের বর্তমান অবস্থায় এটি করা যায় না।"
