"""What happened: the chain of events, its key and its lists.

May import directory; events are appended by every domain above.
"""
