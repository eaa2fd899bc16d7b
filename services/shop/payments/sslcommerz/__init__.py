"""SSLCommerz, version 4 of its API: https://developer.sslcommerz.com/doc/v4/"""
