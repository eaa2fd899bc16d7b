"""People in the admin. Who may change staff accounts could make themselves anything: only superusers may."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.models import Address, User
from accounts.phone import normalise_mobile

ONLY_SUPERUSERS_CHANGE = ("is_staff", "is_superuser", "groups", "user_permissions")


class _NormalForm(forms.ModelForm[User]):
    """E-mail and phone as they are kept, however staff write them."""

    def clean_email(self) -> str | None:
        email: str | None = self.cleaned_data.get("email")
        return email.lower() if email else None

    def clean_phone(self) -> str | None:
        phone: str | None = self.cleaned_data.get("phone")
        try:
            return normalise_mobile(phone) if phone else None
        except ValueError:
            raise forms.ValidationError("Not a mobile number of Bangladesh.", code="invalid_phone") from None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and "email" in self.fields and not (cleaned.get("email") or cleaned.get("phone")):
            raise forms.ValidationError("Give an e-mail address or a phone number.", code="email_or_phone")
        return cleaned


def _phone_field() -> forms.CharField:
    # The model's own pattern would refuse "017..." before it could be brought into its normal form.
    return forms.CharField(max_length=40, required=False, empty_value=None)


class UserAddForm(_NormalForm, AdminUserCreationForm[User]):
    phone = _phone_field()

    class Meta:
        model = User
        fields = ("name", "email", "phone", "language")


class UserEditForm(_NormalForm, UserChangeForm[User]):
    phone = _phone_field()

    class Meta:
        model = User
        fields = "__all__"  # noqa: DJ007 - the page's fieldsets name them


class AddressInline(admin.TabularInline[Address, User]):
    model = Address
    extra = 0
    fields = ("name", "phone", "line1", "area", "district", "postcode")


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):
    form = UserEditForm
    add_form = UserAddForm
    list_display = ("name", "email", "phone", "is_staff", "is_active", "created_at")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("name", "email", "phone")
    ordering = ("-created_at", "-id")
    readonly_fields = ("last_login", "created_at")
    inlines = (AddressInline,)
    show_full_result_count = False
    fieldsets = (
        (None, {"fields": ("name", "email", "phone", "language", "password")}),
        ("Rights", {"fields": ("is_active", *ONLY_SUPERUSERS_CHANGE)}),
        ("Dates", {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = (
        (
            None,
            {"fields": ("name", "email", "phone", "language", "usable_password", "password1", "password2")},
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Without the password for all but superusers: customers set theirs by the link that is sent to them."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or request.user.is_superuser:
            return fieldsets
        return [
            (title, {**options, "fields": tuple(f for f in options["fields"] if f != "password")})
            for title, options in fieldsets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, *ONLY_SUPERUSERS_CHANGE)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self._may_touch(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self._may_touch(request, obj) and super().has_delete_permission(request, obj)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        if not request.user.is_superuser:
            raise PermissionDenied
        response: HttpResponse = super().user_change_password(request, id, form_url)
        return response

    @staticmethod
    def _may_touch(request: HttpRequest, obj: User | None) -> bool:
        return bool(request.user.is_superuser or obj is None or not (obj.is_staff or obj.is_superuser))


@admin.register(Address)
class AddressAdmin(admin.ModelAdmin[Address]):
    list_display = ("customer", "line1", "area", "district", "created_at")
    search_fields = ("customer__email", "customer__phone", "name", "phone")
    list_select_related = ("customer",)
    raw_id_fields = ("customer",)
    readonly_fields = ("created_at",)
    show_full_result_count = False
