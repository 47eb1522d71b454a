"""Settings of the organisation: recovery keys, and every policy.

As all views: they ask, models decide.
"""
