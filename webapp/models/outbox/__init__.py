"""The mail that waits: which is due, who has it in hand, what became of it.

May import recovery and what is below: a notice that arrived starts an approval’s wait.
"""
