"""What people are told: notices, and the links that go with them.

May import journal and directory.
"""
