"""The world outside DhakaCart, simulated for development and tests: payment gateway, SMS provider, mail server.

Nothing here is deployed to production, and nothing in production imports it: the shop talks to it over HTTP and SMTP.
"""
