"""Signing in, joining, sessions, devices and settings of one’s own account.

Views ask, models decide. May import web, ops and models; never the headless client.
"""
