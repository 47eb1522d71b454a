"""How often a page that waits for somebody asks the server."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from webapp.clock import now
from webapp.models.restore_request import poll_pace

JITTER = 0.1


@dataclass(frozen=True)
class Pace:
    """Stands in the address a page polls; once it is not the present one, the page gets the next."""

    seconds: int

    @staticmethod
    def since(moment: datetime) -> "Pace":
        """Of a page that has waited since then."""
        return Pace(poll_pace(moment, now()))

    @property
    def milliseconds(self) -> int:
        """For `every …ms`, a little different each time, so that pages opened together don’t ask together for ever."""
        spread = int(self.seconds * 1000 * JITTER)
        return self.seconds * 1000 - spread + secrets.randbelow(2 * spread + 1)
