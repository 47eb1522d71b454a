"""Whose tries a request takes: of an address, of an account, or of a browser that the account’s owner knows."""

from flask import current_app

from webapp import network_addresses
from webapp.email_addresses import key_of
from webapp.models.signin.session import SignIn
from webapp.web import known_browsers
from webapp.web.access import address
from webapp.web.rate_limits import Bucket, Rate


def by_address(rate: Rate) -> list[Bucket]:
    """The bucket of the network that the request comes from; none for TRUSTED_NETWORKS, which are not limited."""
    if network_addresses.is_among(address(), current_app.config["TRUSTED_NETWORKS"]):
        return []
    return [rate.of(network_addresses.origin(address()))]


def by_account(email: str, strangers: Rate, browser: Rate, network: Rate) -> list[Bucket]:
    """The buckets for a try at an account by somebody who is not signed in, whether or not the account exists. A
    browser in which its owner signed in has a bucket of its own, which strangers can’t use up. Browsers known from
    before the last sign-out everywhere (a changed password, say) share one: somebody who knew the old password may have
    made any number of them."""
    seen = SignIn.seen_in(email, known_browsers.present_id())
    account = key_of(email)
    if seen is None:
        return [strangers.of(account), *by_address(network)]
    return [browser.of(account, known_browsers.present_id() if seen else "before")]
