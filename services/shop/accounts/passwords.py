"""Whether a password is good enough, told in both languages."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from ops.errors import FieldError, InvalidInput

LONGEST_PASSWORD_CHARACTERS = 256
_BANGLA = {
    "password_too_short": "পাসওয়ার্ডে অন্তত ১০টি অক্ষর দিন।",
    "password_too_common": "পাসওয়ার্ডটি খুব প্রচলিত, সহজেই অনুমান করা যায়।",
    "password_entirely_numeric": "পাসওয়ার্ড শুধু সংখ্যা দিয়ে হতে পারে না।",
    "password_too_similar": "পাসওয়ার্ডটি আপনার নাম, ই-মেইল বা ফোন নম্বরের মতো।",
}
_BANGLA_OTHERWISE = "এই পাসওয়ার্ডটি ব্যবহার করা যাবে না।"


def require_good_password(password: str, *, user: User, field: str) -> None:
    """Hold a new password against Django's validators (settings), with this user's name, e-mail and phone in mind.

    Raises:
        InvalidInput: 422, one entry of ``errors`` for ``field`` and each validator that said no.
    """
    try:
        validate_password(password, user=user)
    except ValidationError as error:
        raise InvalidInput(
            errors=[
                FieldError(
                    field=field,
                    code=str(reason.code),
                    en=" ".join(reason.messages),
                    bn=_BANGLA.get(str(reason.code), _BANGLA_OTHERWISE),
                )
                for reason in error.error_list
            ]
        ) from None
