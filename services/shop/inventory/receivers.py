"""What inventory does when the catalogue tells of a change."""

from typing import Any

from django.dispatch import receiver

from catalog.models import Variant
from catalog.signals import variants_changed
from inventory.consequences import refresh_products


@receiver(variants_changed)
def follow_variants(sender: type, *, product_ids: set[int], **_kwargs: Any) -> None:
    """A product's stock state counts its active variants, so it changes with them."""
    refresh_products(
        variant_ids=Variant.objects.filter(product_id__in=product_ids).values_list("id", flat=True)
    )
