"""Signing in by e-mail or phone."""

from django.contrib.auth.backends import ModelBackend


class EmailOrPhoneBackend(ModelBackend):
    """First version: by e-mail."""
