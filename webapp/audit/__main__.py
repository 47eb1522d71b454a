"""`python -m webapp.audit verify FILE --public-key KEY`: where there is no server, and no setting of one."""

from webapp.audit.commands import audit

if __name__ == "__main__":
    audit(prog_name="python -m webapp.audit")
