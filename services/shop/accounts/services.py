"""Writes of accounts: registration, passwords, profile, addresses. No HTTP here."""

from django.contrib.auth.tokens import default_token_generator
from django.db import IntegrityError, transaction
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode
from psycopg.errors import UniqueViolation

from accounts import lockout
from accounts.errors import AlreadyRegistered, ResetLinkInvalid, TooManyAddresses
from accounts.models import Address, User
from accounts.passwords import require_good_password
from ops.errors import FieldError, InvalidInput, NotFound

MAXIMUM_ADDRESSES = 20


def register_customer(
    *, name: str, email: str | None, phone: str | None, password: str, language: str
) -> User:
    """A new customer. E-mail and phone in their normal form; two at once for the same address: one of them wins.

    Raises:
        InvalidInput: the password is too weak.
        AlreadyRegistered: somebody has this e-mail address or phone number.
    """
    user = User(name=name, email=email, phone=phone, language=language)
    require_good_password(password, user=user, field="password")
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        # The unique constraints decide, not a look beforehand: that would leave a gap for a second one.
        if isinstance(error.__cause__, UniqueViolation):
            raise AlreadyRegistered from None
        raise
    return user


def change_profile(*, customer: User, name: str | None, language: str | None) -> User:
    """Change what is given."""
    changes = {"name": name, "language": language}
    changed = [field for field, value in changes.items() if value is not None]
    for field in changed:
        setattr(customer, field, changes[field])
    if changed:
        customer.save(update_fields=changed)
    return customer


def change_password(*, customer: User, current_password: str, new_password: str) -> None:
    """Set a new password; every session of the customer ends with it, but for one that is told of the new hash.

    Raises:
        InvalidInput: the current password is wrong, or the new one too weak.
    """
    if not customer.check_password(current_password):
        raise InvalidInput(
            errors=[
                FieldError(
                    field="current_password",
                    code="wrong_password",
                    en="This is not your current password.",
                    bn="এটি আপনার বর্তমান পাসওয়ার্ড নয়।",
                )
            ]
        )
    require_good_password(new_password, user=customer, field="new_password")
    customer.set_password(new_password)
    customer.save(update_fields=["password"])


def reset_password(*, uid: str, token: str, new_password: str) -> User:
    """Set a new password by the link that was sent; the link is used up, every session ends, lockouts are forgiven.

    Raises:
        ResetLinkInvalid: unknown, used, or older than PASSWORD_RESET_TIMEOUT.
        InvalidInput: the new password is too weak; the link stays good.
    """
    with transaction.atomic():
        user = _user_of(uid)
        if user is None or not default_token_generator.check_token(user, token):
            raise ResetLinkInvalid
        require_good_password(new_password, user=user, field="new_password")
        user.set_password(new_password)
        user.save(update_fields=["password"])
        lockout.forgive(user=user)
    return user


def _user_of(uid: str) -> User | None:
    """The active user of a link, locked: of two who use the same link at once, the second finds it used."""
    try:
        pk = int(force_str(urlsafe_base64_decode(uid)))
        return User.objects.select_for_update().get(pk=pk, is_active=True)
    except (ValueError, OverflowError, User.DoesNotExist):
        return None


def add_address(
    *, customer: User, name: str, phone: str, line1: str, area: str, district: str, postcode: str
) -> Address:
    """Keep a delivery address.

    Raises:
        TooManyAddresses: there are MAXIMUM_ADDRESSES already.
    """
    with transaction.atomic():
        User.objects.select_for_update().only("pk").get(pk=customer.pk)  # two at once are counted one by one
        if Address.objects.filter(customer=customer).count() >= MAXIMUM_ADDRESSES:
            raise TooManyAddresses
        address = Address.objects.create(
            customer=customer,
            name=name,
            phone=phone,
            line1=line1,
            area=area,
            district=district,
            postcode=postcode,
        )
    address.refresh_from_db()
    return address


def remove_address(*, customer: User, address_id: int) -> None:
    """Forget an address of this customer.

    Raises:
        NotFound: the customer has none of this id.
    """
    deleted, _ = Address.objects.filter(customer=customer, pk=address_id).delete()
    if not deleted:
        raise NotFound
