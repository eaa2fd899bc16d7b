"""The DhakaCart command line: one verb per job, from laptop to cloud.

`commands/` parse arguments and print; `operations/` do the work; `engines/` are the ways to run the shop.
"""
