"""Argon2id at OWASP's minimum, so that a burst of logins fits into memory."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class ShopArgon2PasswordHasher(Argon2PasswordHasher):
    """19 MiB, t=2, p=1: OWASP Password Storage Cheat Sheet; 20 parallel logins take 380 MiB."""

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1
