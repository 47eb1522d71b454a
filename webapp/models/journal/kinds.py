"""Which kinds of events belong together, for whoever looks for some of them."""

from collections.abc import Iterable

GROUPS = {
    "sign_in": ("user", "password", "second_factor"),
    "recovery": ("restore_request", "own_recovery", "recovery", "earlier_vault", "hold"),
    "devices": ("device", "pairing"),
    "vaults": ("vault", "kit", "backup", "cloud_backups"),
    "organisation": (
        "organisation",
        "organisation_key",
        "invite",
        "contact",
        "policy",
        "audit_key",
        "activity",
        "demo",
    ),
}
"""By what stands before the dot of a kind."""
REST = "other"


def grouped(kinds: Iterable[str]) -> dict[str, list[str]]:
    """The kinds by their group, in the order of the groups; those of no group are `other`."""
    group_of = {prefix: group for group, prefixes in GROUPS.items() for prefix in prefixes}
    found: dict[str, list[str]] = {group: [] for group in (*GROUPS, REST)}
    for kind in sorted(kinds):
        found[group_of.get(kind.partition(".")[0], REST)].append(kind)
    return {group: members for group, members in found.items() if members}
