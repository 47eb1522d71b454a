"""The product from the sources of its scripts and styles, as in development; other journeys have the bundles."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page

from tests.browser.test_journey import EMAIL, People, fill
from tests.support.pages.page_scripts import scripts_of
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User

SECOND_PIN = "271848590217"

pytestmark = pytest.mark.usefixtures("source_modules")


def test_joining_and_a_cloud_restore_work_on_the_modules(
    app: Flask, page: Page, new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    people = People(app, lambda: new_context().new_page(), tmp_path)
    admin = people.begin(page)
    fill(page)
    people.recover(admin, "/admin/", SECOND_PIN, people.kit(3))
    assert scripts_of(admin.content())[0] == "js/entries/core.js"
    assert re.search(r'href="/static/[0-9a-f]+/css/style.css"', admin.content())
    with app.app_context():
        user = User.by_email(EMAIL)
        assert user
        assert len(Device.of(user.id, DeviceState.ACTIVE)) == 1
