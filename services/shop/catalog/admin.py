"""The catalogue for staff. Whatever is saved here ends in ``services.products_changed``, so lists and search follow."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from pydantic import TypeAdapter, ValidationError

from catalog import services
from catalog.answers import picture_url
from catalog.errors import UnsafePicture
from catalog.models import Brand, Category, Picture, Product, ProductPicture, Variant
from catalog.money import format_money
from catalog.pictures import MAXIMUM_PICTURE_BYTES, check_svg, view_box
from catalog.schemas import Specification

_SPECIFICATIONS = TypeAdapter(list[Specification])


def taka(poisha: int | None) -> str:
    """A price for staff to read; empty on the form of a new product."""
    return "" if poisha is None else format_money(poisha, language="en")


def thumbnail(digest: str) -> SafeString:
    """A picture in a list."""
    return format_html('<img src="{}" width="80" height="60" alt="" loading="lazy">', picture_url(digest))


class PictureForm(forms.ModelForm[Picture]):
    file = forms.FileField(help_text=f"A plain SVG drawing, at most {MAXIMUM_PICTURE_BYTES // 1024} kB")

    class Meta:
        model = Picture
        fields = ()

    def clean_file(self) -> bytes:
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        content: bytes = upload.read(MAXIMUM_PICTURE_BYTES + 1)
        try:
            check_svg(content)
            view_box(content)
        except UnsafePicture as error:
            raise forms.ValidationError(error.en, code=error.code) from error
        return content


@admin.register(Picture)
class PictureAdmin(admin.ModelAdmin[Picture]):
    """Added or deleted, never changed: caches keep a picture for a year."""

    form = PictureForm
    list_display = ("digest", "preview", "width", "height")
    search_fields = ("digest",)
    list_per_page = 50

    @admin.display(description="Picture")
    def preview(self, picture: Picture) -> SafeString:
        return thumbnail(picture.digest)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Picture]:
        return super().get_queryset(request).defer("content")

    def has_change_permission(self, request: HttpRequest, obj: Picture | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Picture, form: Any, change: bool) -> None:
        kept = services.add_picture(content=form.cleaned_data["file"])
        obj.pk, obj.content, obj.width, obj.height = kept.pk, kept.content, kept.width, kept.height


class _Named(admin.ModelAdmin[Any]):
    """Categories and brands: their names are searched for, so their products are indexed again."""

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        products: QuerySet[Product] = obj.products  # type: ignore[attr-defined]  # both have them
        services.products_changed(product_ids=products.values_list("id", flat=True))


@admin.register(Category)
class CategoryAdmin(_Named):
    list_display = ("name_en", "name_bn", "slug", "position", "preview")
    list_editable = ("position",)
    search_fields = ("name_en", "name_bn", "slug")
    prepopulated_fields = {"slug": ("name_en",)}
    autocomplete_fields = ("picture",)

    @admin.display(description="Picture")
    def preview(self, category: Category) -> SafeString:
        return thumbnail(category.picture_id)


@admin.register(Brand)
class BrandAdmin(_Named):
    list_display = ("name", "slug")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}


class VariantInline(admin.TabularInline[Variant, Product]):
    model = Variant
    fields = ("sku", "name_en", "name_bn", "price_poisha", "compare_at_poisha", "position", "is_active")
    extra = 0
    min_num = 1
    validate_min = True


class ProductPictureInline(admin.TabularInline[ProductPicture, Product]):
    model = ProductPicture
    fields = ("picture", "alt_en", "alt_bn", "position")
    autocomplete_fields = ("picture",)
    extra = 0


class ProductForm(forms.ModelForm[Product]):
    class Meta:
        model = Product
        fields = "__all__"  # noqa: DJ007 - narrowed by the admin's fieldsets

    def clean_specifications(self) -> Any:
        try:
            _SPECIFICATIONS.validate_python(self.cleaned_data["specifications"], strict=True)
        except ValidationError as error:
            raise forms.ValidationError(
                'Expected [{"name": {"en", "bn"}, "value": {"en", "bn"}}, ...].', code="shape"
            ) from error
        return self.cleaned_data["specifications"]


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin[Product]):
    form = ProductForm
    list_display = ("name_en", "name_bn", "brand", "category", "price", "stock", "is_active")
    list_filter = ("is_active", "stock", "category", "brand")
    list_select_related = ("brand", "category")
    list_per_page = 50
    search_fields = ("name_en", "name_bn", "slug", "variants__sku")
    search_help_text = "Name in either language, or SKU"
    prepopulated_fields = {"slug": ("name_en",)}
    autocomplete_fields = ("brand", "category", "picture")
    readonly_fields = ("price", "compare_at", "stock", "created_at", "updated_at")
    inlines = (VariantInline, ProductPictureInline)
    fieldsets = (
        (None, {"fields": ("name_en", "name_bn", "slug", "brand", "category", "picture", "is_active")}),
        ("Texts", {"fields": ("description_en", "description_bn", "specifications", "warranty_months")}),
        ("In lists", {"fields": ("featured_rank", "price", "compare_at", "stock")}),
        ("When", {"fields": ("created_at", "updated_at")}),
    )

    @admin.display(description="Price from", ordering="price_poisha")
    def price(self, product: Product) -> str:
        return taka(product.price_poisha)

    @admin.display(description="Instead of")
    def compare_at(self, product: Product) -> str:
        return taka(product.compare_at_poisha)

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        if not change:
            obj.price_poisha = 0  # until the variants are saved, in the same transaction
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        services.products_changed(product_ids=[form.instance.pk])
