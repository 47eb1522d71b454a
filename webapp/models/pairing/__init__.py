"""Pair With Device as rows, and which recovery methods are allowed.

May import vaults and what is below.
"""
