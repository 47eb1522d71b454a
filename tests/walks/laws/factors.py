"""What no step may break of second factors: no session without a code where there is one, and no code twice."""

from collections import Counter

from tests.walks.stage.act import Act
from tests.walks.stage.sight import Sight

ENDS = {"factor_off", "factor_reset"}
Told = Counter[tuple[str, str | None]]


def factors(act: Act, before: Sight, after: Sight) -> None:
    """Its member turns it on and off, and an admin off; each session of theirs took a code."""
    for user in after.users:
        was, now = before.factor(user), after.factor(user)
        if bool(was) != bool(now):
            kinds = {"factor_on"} if now else ENDS
            assert act.kind in kinds, f"{act.kind} changed whether there is a second factor"
            assert act.user == user, "somebody else’s second factor changed"
            assert now or not _left(after, user), "codes of a second factor that is off"
        if was and now:
            assert now["last_step"] >= was["last_step"], "a code of the app is good again"
        spent = _spent(before, after, user) + bool(was and now and now["last_step"] > was["last_step"])
        begun = [key for key, row in after.sign_ins.items() if row["user_id"] == user and key not in before.sign_ins]
        if was:
            assert len(begun) <= spent, "a session was begun without a code"
            assert all(after.sign_ins[key]["second_factor_at"] for key in begun), "a session that knows of no code"
        assert (act.kind, act.user) == ("factor_off", user) or spent <= 1, "one code was typed, and several are spent"
        _require_ended(act, before, after, user)
    for key, row in before.papers.items():
        assert not row["used_at"] or key not in after.papers or after.papers[key]["used_at"], "a paper is good again"


def _spent(before: Sight, after: Sight, user: str) -> int:
    mine = [key for key, row in before.papers.items() if row["user_id"] == user and not row["used_at"]]
    return sum(1 for key in mine if key in after.papers and after.papers[key]["used_at"])


def _left(sight: Sight, user: str) -> list[str]:
    return [key for key, row in sight.papers.items() if row["user_id"] == user]


def _require_ended(act: Act, before: Sight, after: Sight, user: str) -> None:
    """What began without a code ends when there is one; and what may have begun with a phone that is gone."""
    if act.user != user or act.kind not in ("factor_on", "factor_reset"):
        return
    alive = [key for key in before.sign_ins if after.is_alive(key) and after.sign_ins[key]["user_id"] == user]
    assert set(alive) <= ({act.session} if act.kind == "factor_on" else set()), f"a session outlived {act.kind}"


def told_of_factors(act: Act, before: Sight, after: Sight) -> tuple[Told, Told]:
    """Events and notices that are due."""
    events, notices = Told(), Told()
    names = {"factor_on": ("turned_on", "on"), "factor_off": ("turned_off", "off"), "factor_reset": ("reset", "reset")}
    for user in after.users:
        spent = _spent(before, after, user)
        events["second_factor.code_used", user] += spent
        notices["one_time_code_used", user] += spent
        if bool(before.factor(user)) != bool(after.factor(user)):
            event, notice = names.get(act.kind, ("?", "?"))
            events[f"second_factor.{event}", user] += 1
            notices[f"second_factor_{notice}", user] += 1
    if act.kind == "factor_reset":
        notices.update(("second_factor_reset_admin", admin) for admin in after.admins() - {act.by})
    return +events, +notices
