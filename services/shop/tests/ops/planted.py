"""Personal data and secrets that tests put everywhere, to see whether any of it gets out."""

NAME = "রহিমা খাতুন"
NAME_LATIN = "Rahima Khatun"
PHONE = "+8801712345678"
PHONE_BANGLA = "০১৭১২-৩৪৫৬৭৮"
EMAIL = "rahima.khatun@example.com"
ADDRESS = "House 7, Road 3, Dhanmondi"
TOKEN = "qL3xT9vWm2Zr8KpY4nBd7HsJ1fGc6AeUoXiQyRtE5wN"
RESET_TOKEN = "c9x8ab-5f1d3a7c9e2b4d6f8a0c1e3b5d7f9a2c"
PASSWORD = "correct-horse-battery"
BEARER = "eyJhbGciOiJIUzI1NiJ9.payload.signature"
COOKIE = "session0123456789abcdef"
CLIENT = "203.0.113.77"
PLANTED = (
    *(NAME, NAME_LATIN, "Rahima", "Khatun", PHONE, PHONE.removeprefix("+88"), PHONE_BANGLA, EMAIL, ADDRESS),
    *("Dhanmondi", TOKEN, RESET_TOKEN, PASSWORD, BEARER, COOKIE, CLIENT),
)


def planted_in(text: str) -> list[str]:
    return [value for value in PLANTED if value in text]
