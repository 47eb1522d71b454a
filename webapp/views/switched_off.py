"""Ways back that the organisation has switched off: each step of one asks here first. What is stored asks once more
where it is stored, by `webapp.models.way_policy.demand_way`."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from webapp.models.way_policy import demand_way
from webapp.security import me

View = TypeVar("View", bound=Callable[..., Any])


def of_way(way: str) -> Callable[[View], View]:
    """A step of this way back: raises WayOff while the organisation has switched it off."""

    def marked(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            demand_way(me().organisation_id, way)
            return view(*args, **kwargs)

        checked.way = way  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return marked
