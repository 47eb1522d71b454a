"""A device without a browser: everything a member's or an admin's browser does, in Python, over HTTP.

Only the demo, the command line and the tests import this package. The web process never does: it must not be able
to open a vault, and what is not imported cannot be called.
"""
