"""How often a page that waits for somebody asks the server."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.clock import now

PACES = {timedelta(0): 2, timedelta(minutes=1): 5, timedelta(minutes=10): 15}
"""After how long a wait a page asks every so many seconds."""
JITTER = 0.1


@dataclass(frozen=True)
class Pace:
    """Part of the address that a page polls. When it is no longer the current pace, the answer brings the next."""

    seconds: int

    @staticmethod
    def since(moment: datetime) -> "Pace":
        """Of a page that has waited since then."""
        waited = max(now() - moment, timedelta(0))
        return Pace(max(seconds for after, seconds in PACES.items() if after <= waited))

    @property
    def milliseconds(self) -> int:
        """For `every …ms`, a little different each time, so that pages opened together don’t ask together for ever."""
        spread = int(self.seconds * 1000 * JITTER)
        return self.seconds * 1000 - spread + secrets.randbelow(2 * spread + 1)
