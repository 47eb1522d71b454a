"""How a planted bug is found: by a short walk that may use few rules, with the sentence of the law that it breaks."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import Phase

from tests.support.walking_cast import Stage
from tests.support.walking_machine import walk

Plant = Callable[[pytest.MonkeyPatch], None]
PATIENCE = 5_000
"""Steps until a walk gives up. Each bug is found within some hundred, so that luck alone can’t hide one."""


def is_found(stage: Stage, only: Sequence[str], found: str) -> None:
    """Walk until something is found, which has to be that."""
    with pytest.raises(AssertionError, match=found):
        walk(stage, PATIENCE, 1, length=40, only=only, phases=[Phase.generate])
