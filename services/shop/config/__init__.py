"""The project: environment contract, settings, routes, roles.

Nothing is imported here: what a role or a health check needs before Django is in modules of their own.
"""
