"""Reads of accounts."""

from django.db.models import Q, QuerySet

from accounts.login import normalise_login
from accounts.models import Address, User


def user_by_login(*, login: str) -> User | None:
    """Who signs in with this e-mail address or phone number, however it is written; None if nobody does."""
    normal = normalise_login(login)
    if normal is None:
        return None
    return User.objects.filter(Q(email=normal) if "@" in normal else Q(phone=normal)).first()


def addresses_of(*, customer: User) -> QuerySet[Address]:
    """A customer's addresses, newest first."""
    return Address.objects.filter(customer=customer).order_by("-created_at", "-id")
