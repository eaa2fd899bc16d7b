"""What is for sale: categories, brands, products, their variants and pictures."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now


class Picture(models.Model):
    """An immutable picture, named by the SHA-256 of its bytes, so that any cache may keep it for ever."""

    digest = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()
    content_type = models.CharField(max_length=32, default="image/svg+xml")
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.digest[:12]


class Category(models.Model):
    slug = models.SlugField(unique=True)
    name_en = models.CharField(max_length=80)
    name_bn = models.CharField(max_length=80)
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "slug")
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name_en


class Brand(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A thing for sale. Its lowest price and its stock state are kept here too, so that a list is one query."""

    class Stock(models.TextChoices):
        IN_STOCK = "in_stock", "In stock"
        LOW = "low", "Few left"
        OUT = "out", "Sold out"

    slug = models.SlugField(unique=True, max_length=120)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="products")
    name_en = models.CharField(max_length=160)
    name_bn = models.CharField(max_length=160)
    description_en = models.TextField()
    description_bn = models.TextField()
    specifications = models.JSONField(
        default=list, blank=True, help_text='[{"name": {"en", "bn"}, "value": {"en", "bn"}}]'
    )
    warranty_months = models.PositiveSmallIntegerField(default=12)
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="+")
    pictures = models.ManyToManyField(Picture, through="ProductPicture", related_name="+")
    price_poisha = models.PositiveBigIntegerField(help_text="Lowest price of the active variants")
    compare_at_poisha = models.PositiveBigIntegerField(null=True, blank=True)
    stock = models.CharField(max_length=8, choices=Stock.choices, default=Stock.OUT)
    featured_rank = models.PositiveIntegerField(default=0, help_text="Lower comes first")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(auto_now=True)
    search_text = models.TextField(
        editable=False, help_text="Both names, brand, category: what trigrams look at"
    )
    search_vector = SearchVectorField(editable=False, null=True)

    class Meta:
        ordering = ("featured_rank", "id")
        indexes = (
            GinIndex(fields=["search_vector"], name="product_search_vector"),
            GinIndex(fields=["search_text"], name="product_search_trigram", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["category", "featured_rank", "id"], name="product_category_featured"),
            models.Index(fields=["featured_rank", "id"], name="product_featured"),
            models.Index(fields=["price_poisha", "id"], name="product_price"),
            models.Index(fields=["-created_at", "-id"], name="product_newest"),
        )

    def __str__(self) -> str:
        return self.name_en


class ProductPicture(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="picture_links")
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    alt_en = models.CharField(max_length=160)
    alt_bn = models.CharField(max_length=160)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=["product", "position"], name="product_picture_position"),
        )

    def __str__(self) -> str:
        return f"{self.product_id}:{self.position}"


class Variant(models.Model):
    """What is put in a cart: a product in one colour, size or memory."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    sku = models.CharField(max_length=40, unique=True)
    name_en = models.CharField(max_length=80)
    name_bn = models.CharField(max_length=80)
    price_poisha = models.PositiveBigIntegerField()
    compare_at_poisha = models.PositiveBigIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(condition=models.Q(price_poisha__gt=0), name="variant_price_positive"),
            models.CheckConstraint(
                condition=models.Q(compare_at_poisha__isnull=True)
                | models.Q(compare_at_poisha__gt=models.F("price_poisha")),
                name="variant_compare_at_above_price",
            ),
        )

    def __str__(self) -> str:
        return self.sku
