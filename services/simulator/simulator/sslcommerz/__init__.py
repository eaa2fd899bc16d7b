"""SSLCommerz, protocol version 4, after its published documentation: https://developer.sslcommerz.com/doc/v4/

Field names, statuses and shapes are the documentation's, values are strings as in its examples, and every answer of the
API is HTTP 200, refusals too. Where it leaves something open, the vendor's own libraries decide, and are cited there.
"""
