"""What the catalogue refuses."""

from ops.errors import ShopError


class InvalidCursor(ShopError):
    code = "invalid_cursor"
    status = 400
    title = "Invalid cursor"
    en = "This page of the list cannot be found. Start again from the first page."
    bn = "তালিকার এই পাতাটি পাওয়া যায়নি। প্রথম পাতা থেকে আবার শুরু করুন।"


class UnsafePicture(ShopError):
    code = "unsafe_picture"
    status = 422
    title = "Picture refused"
    en = "The picture is no plain SVG drawing: it is malformed, too large, or can run or load something."
    bn = "ছবিটি সাধারণ এসভিজি নয়: এটি ত্রুটিপূর্ণ, অতিরিক্ত বড়, অথবা কিছু চালাতে বা লোড করতে পারে।"
