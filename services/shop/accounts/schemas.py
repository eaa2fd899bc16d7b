"""Shapes of the account API. Every text has bounds; PostgreSQL keeps no NUL, a line break could add a header to a mail."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from accounts import places
from accounts.login import EMAIL_PATTERN, LONGEST_LOGIN_CHARACTERS
from accounts.passwords import LONGEST_PASSWORD_CHARACTERS
from accounts.phone import MAXIMUM_WRITTEN_CHARACTERS, normalise_mobile
from ops.schemas import LocalizedText, Strict, one_line

Name = Annotated[str, one_line(120)]
Language = Literal["en", "bn"]
Login = Annotated[str, one_line(LONGEST_LOGIN_CHARACTERS)]
Password = Annotated[str, Field(min_length=1, max_length=LONGEST_PASSWORD_CHARACTERS)]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=120, pattern=EMAIL_PATTERN, to_lower=True)
]
WrittenPhone = Annotated[str, Field(max_length=MAXIMUM_WRITTEN_CHARACTERS)]


def _mobile(written: str) -> str:
    try:
        return normalise_mobile(written)
    except ValueError:
        raise PydanticCustomError("invalid_phone", "This is no mobile number of Bangladesh.") from None


class Registration(Strict):
    name: Name
    email: Email | None = None
    phone: WrittenPhone | None = Field(
        None, description="A mobile number of Bangladesh, however it is written"
    )
    password: Password
    language: Language = "bn"

    @field_validator("email", "phone", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("phone")
    @classmethod
    def _phone(cls, written: str | None) -> str | None:
        return written if written is None else _mobile(written)

    @model_validator(mode="after")
    def _reachable(self) -> "Registration":
        if self.email is None and self.phone is None:
            raise PydanticCustomError("email_or_phone", "Give an e-mail address or a phone number.")
        return self


class Credentials(Strict):
    login: Login = Field(description="E-mail address or phone number")
    password: Password


class Profile(Strict):
    name: Name | None = None
    language: Language | None = None


class PasswordChange(Strict):
    current_password: Password
    new_password: Password


class ResetRequest(Strict):
    login: Login = Field(description="E-mail address or phone number")


class ResetConfirmation(Strict):
    uid: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
    token: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9-]+$")]
    new_password: Password


class AccountAddressIn(Strict):
    name: Name
    phone: WrittenPhone
    line1: Annotated[str, one_line(200)]
    area: Annotated[str, one_line(120)]
    district: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[a-z-]+$")]
    postcode: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")] | None = None

    @field_validator("phone")
    @classmethod
    def _phone(cls, written: str) -> str:
        return _mobile(written)

    @field_validator("postcode", mode="before")
    @classmethod
    def _empty_is_none(cls, postcode: object) -> object:
        return None if postcode == "" else postcode

    @field_validator("district")
    @classmethod
    def _district(cls, code: str) -> str:
        if places.district(code) is None:
            raise PydanticCustomError("unknown_district", "There is no such district.")
        return code


class Customer(Schema):
    id: int
    name: str
    email: str | None
    phone: str | None
    language: Language


class Session(Schema):
    csrf_token: str = Field(description="To be sent as X-CSRFToken with every unsafe call")
    customer: Customer | None


class AccountPlace(Schema):
    code: str
    name: LocalizedText


class AccountAddress(Schema):
    id: int
    name: str
    phone: str
    line1: str
    area: str
    district: AccountPlace
    division: AccountPlace
    postcode: str | None
    created_at: datetime
