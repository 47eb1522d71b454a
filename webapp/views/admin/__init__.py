"""The Admin Portal: a sign-in as admin or owner is needed, a device never."""
