"""People: customers and staff are one model; staff rights come from groups."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower, Now

# BTRC numbering plan: mobile operators have 013 to 019, eight more digits; kept in E.164.
MOBILE_PATTERN = r"^\+8801[3-9]\d{8}$"


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    BANGLA = "bn", "বাংলা"


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, password: str | None = None, **fields: Any) -> "User":
        """A customer; e-mail and phone are expected in their normal form."""
        user = self.model(**fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *, email: str, password: str, **fields: Any) -> "User":
        return self.create_user(
            email=email.lower(),
            password=password,
            name=fields.pop("name", "Administrator"),
            is_staff=True,
            is_superuser=True,
        )


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(unique=True, null=True, blank=True)
    phone = models.CharField(
        max_length=14, unique=True, null=True, blank=True, validators=[RegexValidator(MOBILE_PATTERN)]
    )
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.BANGLA)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May enter the admin; groups say what for")
    created_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(email__isnull=False) | models.Q(phone__isnull=False),
                name="user_email_or_phone",
            ),
            # Two accounts that differ in case alone would be one person's login twice.
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower_case"),
        )

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ", 1)[0]


class Address(models.Model):
    """A delivery address that a customer keeps."""

    customer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses")
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=14, validators=[RegexValidator(MOBILE_PATTERN)])
    line1 = models.CharField(max_length=200)
    area = models.CharField(max_length=120)
    district = models.CharField(max_length=40)
    postcode = models.CharField(max_length=4, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-created_at",)
        verbose_name_plural = "addresses"

    def __str__(self) -> str:
        return f"{self.line1}, {self.area}"
