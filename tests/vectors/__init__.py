"""Test vectors that the Python client and the browser's modules both have to meet.

Every key in here is derived from a visible seed string (see seeds.py) and protects nothing.
"""
