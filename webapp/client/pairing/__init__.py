"""Pair With Device: the protocol, and both of its sides.

May import device, transport, formats and crypto.
"""
