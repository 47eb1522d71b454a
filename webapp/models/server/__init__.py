"""What the server keeps of itself: the keys that it seals with, and when its worker was last at work.

May import columns and the database; no other model.
"""
