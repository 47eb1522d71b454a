"""Requests that wait until a test lets them go, so that what comes between comes surely."""

from collections.abc import Callable

from playwright.sync_api import Page, Request, Route


class HeldRequests:
    """Of a page, from now on: those to the address that are wanted. `routes`: what waits."""

    def __init__(self, page: Page, address: str, wanted: Callable[[Request], bool] = lambda _: True) -> None:
        self.routes: list[Route] = []
        self._wanted = wanted
        self._is_over = False
        page.route(address, self._hold)

    def _hold(self, route: Route) -> None:
        if self._is_over or not self._wanted(route.request):
            route.continue_()
        else:
            self.routes.append(route)

    def release(self) -> None:
        """Let go what waits, and what comes from now on."""
        self._is_over = True
        for route in self.routes:
            route.continue_()
