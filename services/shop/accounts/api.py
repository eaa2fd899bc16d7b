"""The account over HTTP: session, registration, login, profile, passwords, addresses."""

from collections.abc import Mapping
from typing import Annotated, Any

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from ninja import Path, Router, Status
from pydantic import Field

from accounts import lockout, password_reset, schemas, selectors, services
from accounts.auth import optional_customer, require_csrf, session_customer
from accounts.errors import InvalidCredentials, LockedOut
from accounts.login import fingerprint
from accounts.models import Address, User
from accounts.places import Place, district, division_of
from ops.ratelimit import RATES, limited
from ops.schemas import Problem

router = Router()
BACKEND = "accounts.backends.EmailOrPhoneBackend"
LARGEST_ID = 2**63 - 1
Document = dict[str, Any]


def _account(arguments: Mapping[str, Any]) -> str:
    """What is counted beside the address: the account that the body names."""
    return fingerprint(arguments["body"].login)


def _customer(user: User | None) -> Document | None:
    if user is None:
        return None
    return {
        "id": user.pk,
        "name": user.name,
        "email": user.email,
        "phone": user.phone,
        "language": user.language,
    }


def _session(request: HttpRequest, user: User | None) -> Document:
    return {"csrf_token": get_token(request), "customer": _customer(user)}


def _signed_in(request: HttpRequest) -> User:
    """The customer of an operation with ``auth=session_customer``."""
    customer: User = request.auth  # type: ignore[attr-defined]  # django-ninja puts it there
    return customer


@router.get("/session", response={200: schemas.Session}, operation_id="get_session")
def get_session(request: HttpRequest, response: HttpResponse) -> Document:
    """Who is signed in, and the token that unsafe calls need."""
    response["Cache-Control"] = "no-store"
    return _session(request, optional_customer(request))


@router.post(
    "/register",
    response={201: schemas.Session, 400: Problem, 403: Problem, 409: Problem, 422: Problem, 429: Problem},
    operation_id="register",
)
@limited("registration", rate=RATES.REGISTRATION)
def register(request: HttpRequest, body: schemas.Registration) -> Status[Document]:
    """Open an account and sign in."""
    require_csrf(request)
    user = services.register_customer(
        name=body.name, email=body.email, phone=body.phone, password=body.password, language=body.language
    )
    login(request, user, backend=BACKEND)
    return Status(201, _session(request, user))


@router.post(
    "/login",
    response={200: schemas.Session, 400: Problem, 401: Problem, 403: Problem, 422: Problem, 429: Problem},
    operation_id="log_in",
)
@limited("login", rate=RATES.LOGIN_PER_ADDRESS)
@limited("login to one account", rate=RATES.LOGIN_PER_ADDRESS_AND_ACCOUNT, key=_account)
def log_in(request: HttpRequest, body: schemas.Credentials) -> Document:
    """Sign in by e-mail or phone, into a new session."""
    require_csrf(request)
    user = authenticate(request, username=body.login, password=body.password)
    if getattr(request, "axes_locked_out", False):
        raise LockedOut(retry_after_seconds=lockout.seconds_left(request, {"username": body.login}))
    if not isinstance(user, User):
        raise InvalidCredentials
    login(request, user)
    return _session(request, user)


@router.post("/logout", response={200: schemas.Session, 403: Problem}, operation_id="log_out")
def log_out(request: HttpRequest) -> Document:
    """End the session; without one it does nothing."""
    optional_customer(request)
    logout(request)
    return _session(request, None)


@router.patch(
    "/profile",
    response={200: schemas.Customer, 400: Problem, 401: Problem, 403: Problem, 422: Problem},
    auth=session_customer,
    operation_id="change_profile",
)
def change_profile(request: HttpRequest, body: schemas.Profile) -> Document | None:
    """Change name or language."""
    return _customer(
        services.change_profile(customer=_signed_in(request), name=body.name, language=body.language)
    )


@router.post(
    "/password",
    response={200: schemas.Session, 400: Problem, 401: Problem, 403: Problem, 422: Problem, 429: Problem},
    auth=session_customer,
    operation_id="change_password",
)
@limited("password change", rate=RATES.PASSWORD_CHANGE)
def change_password(request: HttpRequest, body: schemas.PasswordChange) -> Document:
    """Set a new password: this session goes on, every other one of the customer ends."""
    user = _signed_in(request)
    services.change_password(
        customer=user, current_password=body.current_password, new_password=body.new_password
    )
    update_session_auth_hash(request, user)
    return _session(request, user)


@router.post(
    "/password-reset",
    response={202: None, 400: Problem, 422: Problem, 429: Problem},
    operation_id="request_password_reset",
)
@limited("password reset", rate=RATES.PASSWORD_RESET_PER_ADDRESS)
@limited("password reset of one account", rate=RATES.PASSWORD_RESET_PER_ADDRESS_AND_ACCOUNT, key=_account)
def request_password_reset(request: HttpRequest, body: schemas.ResetRequest) -> Status[None]:
    """Have a link sent to the account of this login, if there is one: the answer does not tell."""
    password_reset.request_reset(login=body.login)
    return Status(202, None)


@router.post(
    "/password-reset/confirm",
    response={204: None, 400: Problem, 422: Problem, 429: Problem},
    operation_id="confirm_password_reset",
)
@limited("password reset confirmation", rate=RATES.PASSWORD_RESET_CONFIRMATION)
def confirm_password_reset(request: HttpRequest, body: schemas.ResetConfirmation) -> Status[None]:
    """Set a new password by the link that was sent."""
    services.reset_password(uid=body.uid, token=body.token, new_password=body.new_password)
    return Status(204, None)


def _place(place: Place) -> Document:
    return {"code": place.code, "name": {"en": place.name_en, "bn": place.name_bn}}


def _address(address: Address) -> Document | None:
    """None for an address in a district that is no longer one: it can be shown nowhere."""
    place = district(address.district)
    if place is None:
        return None
    return {
        "id": address.pk,
        "name": address.name,
        "phone": address.phone,
        "line1": address.line1,
        "area": address.area,
        "district": _place(place),
        "division": _place(division_of(place.code)),
        "postcode": address.postcode or None,
        "created_at": address.created_at,
    }


@router.get(
    "/addresses",
    response={200: list[schemas.AccountAddress], 401: Problem},
    auth=session_customer,
    operation_id="list_addresses",
)
def list_addresses(request: HttpRequest, response: HttpResponse) -> list[Document]:
    """The addresses that the customer keeps, newest first."""
    response["Cache-Control"] = "no-store"
    documents = [_address(address) for address in selectors.addresses_of(customer=_signed_in(request))]
    return [document for document in documents if document is not None]


@router.post(
    "/addresses",
    response={
        201: schemas.AccountAddress,
        400: Problem,
        401: Problem,
        403: Problem,
        409: Problem,
        422: Problem,
    },
    auth=session_customer,
    operation_id="add_address",
)
def add_address(request: HttpRequest, body: schemas.AccountAddressIn) -> Status[Document | None]:
    """Keep an address."""
    address = services.add_address(
        customer=_signed_in(request),
        name=body.name,
        phone=body.phone,
        line1=body.line1,
        area=body.area,
        district=body.district,
        postcode=body.postcode or "",
    )
    return Status(201, _address(address))


@router.delete(
    "/addresses/{address_id}",
    response={204: None, 401: Problem, 403: Problem, 404: Problem, 422: Problem},
    auth=session_customer,
    operation_id="remove_address",
)
def remove_address(
    request: HttpRequest, address_id: Annotated[int, Path(), Field(ge=1, le=LARGEST_ID)]
) -> Status[None]:
    """Forget an address."""
    services.remove_address(customer=_signed_in(request), address_id=address_id)
    return Status(204, None)
