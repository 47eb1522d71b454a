"""Rules of a walk: networks in which others answer in the server’s place. What was signed goes again as it was;
whatever else is done meanwhile, all laws hold, and what is done once is counted once."""

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.walks.rules.next import NextRules
from tests.walks.stage.between import FOREIGN, Foreign

ANSWERS = st.lists(st.sampled_from([*FOREIGN, None]), min_size=1, max_size=5)


class AnswerRules(NextRules):
    """For everybody; or on one day of somebody’s, as it is led."""

    @rule(answers=ANSWERS)
    def network_turns_bad(self, answers: Sequence[Foreign | None]) -> None:
        """Whatever is signed next, in whichever browser, is answered by others first."""
        for profile in self.cast.profiles:
            profile.wire.between.coming = list(answers)

    def day_there(self, who: int, where: int, answers: Sequence[Foreign | None]) -> None:
        """An ordinary day of one member."""
        for profile in self.cast.profiles:
            profile.wire.between.coming = list(answers)
        self.spend_day(who, where)
        for profile in self.cast.profiles:
            profile.wire.between.coming = []
