"""Ways back that the organisation has switched off: each step of one asks here first. What is stored asks once more
where it is stored, by `webapp.models.pairing.method_policy.require_method`."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from webapp.models.pairing.method_policy import require_method
from webapp.web.access import current_member

View = TypeVar("View", bound=Callable[..., Any])


def requires_method(way: str) -> Callable[[View], View]:
    """A step of this way back: raises MethodOff while the organisation has switched it off."""

    def marked(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            require_method(current_member().organisation_id, way)
            return view(*args, **kwargs)

        checked.way = way  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return marked
