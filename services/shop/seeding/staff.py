"""Seeds one account for each group of staff, and the administrator."""

from django.contrib.auth.models import Group

from accounts.models import Language, User
from accounts.roles import CATALOGUE, FINANCE, OPERATIONS, SUPPORT
from seeding.constants import moment
from seeding.customers import development_password

DOMAIN = "dhakacart.example"
ADMINISTRATOR = f"admin@{DOMAIN}"
# Each account's name and group.
ACCOUNTS = {
    f"support@{DOMAIN}": ("Sharmin (Support)", SUPPORT),
    f"catalogue@{DOMAIN}": ("Anik (Catalogue)", CATALOGUE),
    f"finance@{DOMAIN}": ("Rezaul (Finance)", FINANCE),
    f"operations@{DOMAIN}": ("Maliha (Operations)", OPERATIONS),
}


def seed_staff() -> list[User]:
    """Accounts that may enter the admin; what each group may do is decided by the accounts app."""
    password = development_password()
    created_at = moment(days_ago=700, minutes=600)
    administrator = User(
        name="Administrator",
        email=ADMINISTRATOR,
        language=Language.ENGLISH,
        is_staff=True,
        is_superuser=True,
        password=password,
        created_at=created_at,
    )
    members = [
        User(
            name=name,
            email=email,
            language=Language.ENGLISH,
            is_staff=True,
            password=password,
            created_at=created_at,
        )
        for email, (name, _) in ACCOUNTS.items()
    ]
    users = User.objects.bulk_create([administrator, *members])
    for user in users[1:]:
        group, _ = Group.objects.get_or_create(name=ACCOUNTS[str(user.email)][1])
        user.groups.add(group)
    return users
