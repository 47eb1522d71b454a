"""The people of every test: alice is a member, bob an admin, charlie a member who has nothing to do with it.

They are fixtures. Whatever a rule allows alice or bob, a test tries as charlie too.
"""
