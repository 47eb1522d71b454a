"""Which release this is. `.github/CHANGELOG.md` says what is new in it."""

VERSION = "0.2.0"
