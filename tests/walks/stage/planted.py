"""How a planted bug is found, with the sentence of the law that it breaks: by a short walk that may use few rules, or,
where that would be a long one, by a walk that is led to where the law speaks."""

from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from hypothesis import Phase

from tests.walks.stage import walking
from tests.walks.stage.cast import Stage
from tests.walks.stage.leads import Lead, led
from tests.walks.stage.machine import walk

Plant = Callable[[pytest.MonkeyPatch], None]
PATIENCE = 5_000
"""Steps until a walk gives up. Each bug is found within some hundred, so that luck alone can’t hide one."""


def is_found(stage: Stage, way: Sequence[str] | Lead, found: str) -> int:
    """Walk until something is found, which has to be that; after how many judgements it was."""
    stage.judged = 0
    with pytest.raises(AssertionError, match=found):
        go(stage, way)
    return stage.judged


def go(stage: Stage, way: Sequence[str] | Lead) -> Counter[str]:
    """As led, or as chance has it by these rules; how often what was reached."""
    if not callable(way):
        return walk(stage, PATIENCE, 1, length=40, only=way, phases=[Phase.generate])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walking, "note", lambda _: None)  # hypothesis takes notes in its own runs only
        walked = led(stage)
        way(walked)
        walked.settle()
    return walked.walked
