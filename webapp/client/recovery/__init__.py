"""The ways back to a vault that begin a new epoch, and the admin’s part in them.

May import device, transport, formats and crypto.
"""
