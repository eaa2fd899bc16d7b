"""Believable rows for tests (factory_boy). Stock is made with its ledger's opening line."""

import hashlib
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import User
from catalog.models import Brand, Category, Picture, Product, Variant
from inventory.models import Stock, StockMovement

PASSWORD = "correct horse battery staple"


class PictureFactory(DjangoModelFactory[Picture]):
    class Meta:
        model = Picture
        django_get_or_create = ("digest",)

    content = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"/>'
    digest = factory.LazyAttribute(lambda o: hashlib.sha256(o.content).hexdigest())
    width = 800
    height = 600


class CategoryFactory(DjangoModelFactory[Category]):
    class Meta:
        model = Category

    slug = factory.Sequence("category-{}".format)
    name_en = factory.Sequence("Category {}".format)
    name_bn = factory.Sequence("বিভাগ {}".format)
    picture = factory.SubFactory(PictureFactory)


class BrandFactory(DjangoModelFactory[Brand]):
    class Meta:
        model = Brand

    slug = factory.Sequence("brand-{}".format)
    name = factory.Sequence("Brand {}".format)


class ProductFactory(DjangoModelFactory[Product]):
    class Meta:
        model = Product

    slug = factory.Sequence("product-{}".format)
    category = factory.SubFactory(CategoryFactory)
    brand = factory.SubFactory(BrandFactory)
    name_en = factory.Sequence("Product {}".format)
    name_bn = factory.Sequence("পণ্য {}".format)
    description_en = "A product."
    description_bn = "একটি পণ্য।"
    picture = factory.SubFactory(PictureFactory)
    price_poisha = 100_000
    stock = Product.Stock.IN_STOCK
    search_text = factory.LazyAttribute(lambda o: f"{o.name_en} {o.name_bn}")


class VariantFactory(DjangoModelFactory[Variant]):
    """A variant with stock: ``VariantFactory(stock=3)`` has three on hand."""

    class Meta:
        model = Variant
        skip_postgeneration_save = True

    product = factory.SubFactory(ProductFactory)
    sku = factory.Sequence("SKU-{:05d}".format)
    name_en = "Black"
    name_bn = "কালো"
    price_poisha = factory.SelfAttribute("product.price_poisha")

    @factory.post_generation
    def stock(self: Any, create: bool, extracted: int | None, **kwargs: Any) -> None:
        on_hand = 10 if extracted is None else extracted
        stock = Stock.objects.create(variant=self, on_hand=on_hand)
        if on_hand:
            StockMovement.objects.create(stock=stock, delta=on_hand, reason=StockMovement.Reason.OPENING)


class CustomerFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Sequence("Customer {}".format)
    email = factory.Sequence("customer{}@example.com".format)
    phone = factory.Sequence("+88017{:08d}".format)

    @factory.post_generation
    def password(self: Any, create: bool, extracted: str | None, **kwargs: Any) -> None:
        self.set_password(extracted or PASSWORD)
        self.save()
