"""HTTP as a browser speaks it, and whether an answer is the server’s.

May import formats and crypto; no device.
"""
