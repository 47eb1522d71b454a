"""People in the Admin Portal: the list, invites, one person, and what may be done to an account.

As all views: they ask, models decide.
"""
