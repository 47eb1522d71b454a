"""Somebody’s authenticator app, and a second factor that was really turned on in a browser."""

import re
from dataclasses import dataclass, field

import pyotp
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.people.people import Person
from webapp.clock import now

KEY = re.compile(r"[?&;]secret=([A-Z2-7]{32})")
ONE_TIME_CODE = re.compile(r'data-one-time-code="([a-z2-7]{16})"')
PAGE = "/settings/second-factor"


@dataclass
class Factor:
    """What the person holds: the app, which shows each code only once here, and the codes on paper."""

    person: Person
    key: str
    one_time_codes: list[str] = field(default_factory=list)
    _last: int = 0

    def at(self, offset: int = 0) -> str:
        """The code of the present time step, or of one so many steps later; whether it was used or not."""
        return pyotp.TOTP(self.key).at(now(), counter_offset=offset)

    def code(self) -> str:
        """A code that the server takes: of this step or, where that was used, of the next."""
        step = pyotp.TOTP(self.key).timecode(now())
        self._last = max(step, self._last + 1)
        assert self._last - step <= 1, "let time pass: the server takes the next code, not the one after it"
        return pyotp.TOTP(self.key).generate_otp(self._last)

    def wrong(self, number: int = 0) -> str:
        """A code that is none of those of now, nor of just before and after; `number`: one more of these."""
        right = {self.at(offset) for offset in (-2, -1, 0, 1, 2)}
        return [code for code in (f"{each:06}" for each in range(number + 6)) if code not in right][number]

    def sign_in(self, client: FlaskClient, code: str | None = None) -> TestResponse:
        """Password, then the code."""
        data = {"email": self.person.email, "password": self.person.password}
        first = client.post("/sign-in", data=data)
        assert (first.status_code, first.location) == (303, "/sign-in/code"), first.text
        return client.post("/sign-in/code", data={"code": code or self.code()})

    def another_browser(self) -> FlaskClient:
        """A further browser in which they sign in, with a one-time code."""
        client = self.person.app.test_client()
        assert self.sign_in(client, self.one_time_codes.pop()).status_code == 303
        return client


def begin_set_up(person: Person, client: FlaskClient | None = None) -> Factor:
    """The key is shown, and counts for nothing yet."""
    page = (client or person.client).post(f"{PAGE}/key", data={"password": person.password})
    found = KEY.search(page.text)
    assert found, page.text
    return Factor(person, found[1])


def with_second_factor(person: Person) -> Factor:
    """Turn it on in the person’s own browser."""
    factor = begin_set_up(person)
    answer = person.post(PAGE, data={"code": factor.code()})
    factor.one_time_codes = ONE_TIME_CODE.findall(answer.text)
    assert len(factor.one_time_codes) == 10, answer.text
    return factor
