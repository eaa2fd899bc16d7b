"""Staff in front of the admin: somebody with exactly one role, and the addresses of its pages."""

import secrets

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts import roles
from accounts.models import User

SUPERUSER = "superuser"
NOBODY = "no group"
EVERYBODY = [*roles.PERMISSIONS, NOBODY, SUPERUSER]


def person(role: str) -> User:
    """Somebody of staff with exactly this role, and without a password: hashing one takes longer than a page."""
    name = secrets.token_hex(4)
    user = User.objects.create(
        name=name, email=f"{name}@example.com", is_staff=True, is_superuser=role == SUPERUSER
    )
    if role in roles.PERMISSIONS:
        user.groups.add(Group.objects.get(name=role))
    return user


def browser(role: str) -> Client:
    """That person's, signed in."""
    client = Client()
    client.force_login(person(role), backend="accounts.backends.EmailOrPhoneBackend")
    return client


def url(label: str, page: str, *args: object) -> str:
    """A page of a table, as in ``url("orders.order", "change", 1)``."""
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)
