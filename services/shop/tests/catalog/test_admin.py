"""The catalogue in the admin: what staff save there is what shoppers see and find."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.models import Picture, Product
from catalog.selectors import Selection, product_page
from tests.factories import BrandFactory, CategoryFactory, PictureFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 6"><rect/></svg>'


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser(email="boss@example.com", password="x"))
    return client


def form(product: Product | None = None, **changes: Any) -> dict[str, Any]:
    """The product form as a browser sends it, with one variant."""
    variant = product.variants.get() if product else None
    return {
        "name_en": "Walton Primo",
        "name_bn": "ওয়ালটন প্রিমো",
        "slug": "walton-primo",
        "brand": BrandFactory().pk,
        "category": CategoryFactory().pk,
        "picture": PictureFactory().pk,
        "is_active": "on",
        "description_en": "A phone.",
        "description_bn": "একটি ফোন।",
        "specifications": "[]",
        "warranty_months": 12,
        "featured_rank": 1,
        "variants-TOTAL_FORMS": 1,
        "variants-INITIAL_FORMS": 1 if variant else 0,
        "variants-0-id": variant.pk if variant else "",
        "variants-0-product": product.pk if product else "",
        "variants-0-sku": variant.sku if variant else "NEW-1",
        "variants-0-name_en": "Black",
        "variants-0-name_bn": "কালো",
        "variants-0-price_poisha": 555_00,
        "variants-0-compare_at_poisha": "",
        "variants-0-position": 0,
        "variants-0-is_active": "on",
        "picture_links-TOTAL_FORMS": 0,
        "picture_links-INITIAL_FORMS": 0,
    } | changes


def found(question: str) -> list[str]:
    return [item["slug"] for item in product_page(Selection(q=question), limit=9)["items"]]


def test_a_product_added_by_staff_is_priced_and_found(staff: Client) -> None:
    """Its price comes from the variant, its search columns from the names."""
    response = staff.post(reverse("admin:catalog_product_add"), form())

    assert response.status_code == 302, response.content.decode()[-3000:]
    product = Product.objects.get()
    assert (product.price_poisha, product.stock) == (55_500, "out")
    assert found("primo") == found("প্রিমো") == ["walton-primo"]


def test_a_change_by_staff_reaches_lists_and_search(staff: Client) -> None:
    """New name, new price, and the stock state when the only variant is switched off."""
    product = VariantFactory(stock=50).product
    data = form(product, name_en="Nexus")
    del data["variants-0-is_active"]

    response = staff.post(reverse("admin:catalog_product_change", args=[product.pk]), data)

    assert response.status_code == 302, response.content.decode()[-3000:]
    product.refresh_from_db()
    assert product.stock == "out"
    assert found("nexus") == ["walton-primo"]


@pytest.mark.parametrize(
    "specifications", ['{"a": 1}', '[{"name": "x"}]', '[{"name": {"en": "a"}, "value": 1}]', "null"]
)
def test_specifications_of_another_shape_are_refused(staff: Client, specifications: str) -> None:
    """Otherwise the product's page could not be shown."""
    response = staff.post(reverse("admin:catalog_product_add"), form(specifications=specifications))

    assert response.status_code == 200
    assert not Product.objects.exists()


def test_a_renamed_brand_is_found(staff: Client) -> None:
    """Its products are indexed again."""
    product = ProductFactory(brand=BrandFactory(name="Old", slug="old"))

    staff.post(
        reverse("admin:catalog_brand_change", args=[product.brand_id]), {"name": "Zephyr", "slug": "old"}
    )

    assert found("zephyr") == [product.slug]


def test_an_uploaded_drawing_is_kept_by_its_digest(staff: Client) -> None:
    """With the size of its view box."""
    upload = SimpleUploadedFile("a.svg", SVG, "image/svg+xml")

    response = staff.post(reverse("admin:catalog_picture_add"), {"file": upload})

    assert response.status_code == 302
    assert bytes(Picture.objects.get(width=8, height=6).content) == SVG


def test_an_uploaded_script_is_refused(staff: Client) -> None:
    """Nothing is kept of a drawing that could run."""
    upload = SimpleUploadedFile("a.svg", SVG.replace(b"<rect/>", b"<script/>"), "image/svg+xml")

    response = staff.post(reverse("admin:catalog_picture_add"), {"file": upload})

    assert response.status_code == 200
    assert not Picture.objects.exists()


@pytest.mark.parametrize("model", ["product", "category", "brand", "picture"])
def test_lists_open_and_search(staff: Client, model: str, django_assert_max_num_queries: Any) -> None:
    """Each list opens, in a fixed number of queries, and can be searched."""
    for _ in range(8):
        VariantFactory()

    with django_assert_max_num_queries(12):
        assert staff.get(reverse(f"admin:catalog_{model}_changelist"), {"q": "1"}).status_code == 200


def test_product_form_opens(staff: Client) -> None:
    """With its variants."""
    variant = VariantFactory()

    response = staff.get(reverse("admin:catalog_product_change", args=[variant.product_id]))

    assert variant.sku in response.content.decode()
