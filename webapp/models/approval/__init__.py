"""Who may approve for whom: approvers, conflict marks, holds.

How long an approval waits is worked out in `webapp.models.recovery.approval`. May import signin and what is below.
"""
