"""What keeps the service running: its start, its checks, its log and metrics, its mail, its demo.

May import web, models and everything below; never a view.
"""
