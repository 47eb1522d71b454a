"""How somebody signs in and stays signed in: sessions, codes, challenges, rate limits.

May import notices and what is below; knows no device and no vault.
"""
