"""The random walk: all its rules in one machine, and how it is run."""

from collections import Counter
from collections.abc import Sequence

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.walks.rules.answers import AnswerRules
from tests.walks.rules.factors import FactorRules
from tests.walks.rules.keys import KeyRules
from tests.walks.rules.members import MemberRules
from tests.walks.rules.pairing_next import PairingNextRules
from tests.walks.rules.self_service import OwnRules
from tests.walks.rules.strangers import StrangerRules
from tests.walks.rules.unpairing import UnpairingRules
from tests.walks.rules.vetoes import VetoRules
from tests.walks.stage.cast import Stage

FURTHER = 10
"""How much longer a walk may get that has not been everywhere yet."""

AT_ONCE = 6
"""So many walks follow from one number, however many are still to come. The first of them is the simplest there is,
with no chance in it: it never goes alone."""


class Walk(
    AnswerRules,
    FactorRules,
    KeyRules,
    MemberRules,
    PairingNextRules,
    OwnRules,
    UnpairingRules,
    StrangerRules,
    VetoRules,
):
    """Everybody does anything in any order."""


def walk(
    stage: Stage,
    steps: int,
    number: int,
    *,
    length: int = 100,
    swarm: bool = False,
    only: Sequence[str] = (),
    until: Sequence[str] = (),
    phases: Sequence[Phase] = (Phase.generate, Phase.shrink),
) -> Counter[str]:
    """Walk so many steps from this seed, in walks of `length`, and go on until everything of `until` was reached, up to
    FURTHER times the steps; how often what was reached. Raises what a step broke."""

    class Here(Walk):
        pass

    Here.stage, Here.swarm, Here.only, Here.walked = stage, swarm, tuple(only), Counter()
    walked = Here.walked
    while walked["steps"] < steps or (walked["steps"] < FURTHER * steps and not all(walked[what] for what in until)):
        chosen = settings(
            max_examples=AT_ONCE,
            stateful_step_count=length,
            database=None,
            deadline=None,
            derandomize=False,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        )
        try:
            run_state_machine_as_test(seed(number)(Here), settings=chosen)
        except BaseException as error:
            error.add_note(f"to walk this way again: WALK_SEED={number}")
            raise
        number += 1
    return walked
