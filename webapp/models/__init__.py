"""The tables and their verbs, a package a domain. Imports only point down, in the order that pyproject.toml lists.

A module is imported from where it stands; `tables` knows every table. Nothing here knows a request.
"""
