"""What the layers above are told, since the catalogue must not call them."""

from django.dispatch import Signal

# Sent with ``product_ids: set[int]`` in the transaction that changed them: a variant was added, removed, switched on
# or off. Inventory then works out the products' stock states again.
variants_changed = Signal()
