"""What is in the vaults of the demo organisation. All of it is invented; addresses end in .example."""

from typing import TypedDict


class DemoItem(TypedDict, total=False):
    """A title and what else there is; without a username and password it is a note."""

    title: str
    username: str
    password: str
    url: str
    notes: str


def login(title: str, username: str, password: str, url: str = "", notes: str = "") -> DemoItem:
    """A login."""
    return {"title": title, "username": username, "password": password, "url": url, "notes": notes}


def note(title: str, notes: str) -> DemoItem:
    """A note."""
    return {"title": title, "notes": notes}


MIA = [
    login("Mail", "mia@example.org", "teal-kettle-sings-9", "https://mail.example.org"),
    login("Harbour Bank", "4471 2210", "Ferry!before!Noon", "https://bank.example", "Card PIN: in my head, not here."),
    login("Railway", "mia.l", "window-seat-17", "https://rail.example", "Half-fare card until March"),
    login("Dr Quill’s practice", "mia.lindqvist", "apple.a.day.58", "https://quill-practice.example"),
    login("Home router", "admin", "blinking-lights-4ever", "http://router.example", "The label underneath is wrong."),
    note("Wi-Fi for guests", "Network: Pancake\nPassword: maple syrup on top"),
    note("Alarm codes", "Front door: 5590 then the star key\nStorage room: 7714\nSay “Marigold” if they ring back."),
    login("Power company", "LQ-88120", "Watt-is-this-3", "https://power.example"),
    login("Water and waste", "lindqvist.m", "puddle-jumper-22", "https://water.example"),
    login("Library", "00931175", "quiet-please-6", "https://library.example", "Loans can be renewed twice."),
    login("Photo album", "mia", "say.cheese.1999", "https://photos.example"),
    login("Streaming", "mia@example.org", "one-more-episode-8", "https://stream.example", "Shared with Theo"),
    login("Weather station", "mia", "cloud-cover-70", "http://weather.example"),
    login("Insurance", "POL-204-771", "rainy-day-fund-5", "https://insurance.example"),
    login("Tax office", "19 840 662", "Deduct.The.Bicycle", "https://tax.example"),
    login("Garden club", "mia.l", "slugs-beware-31", "https://garden.example"),
    login("Online shop", "mia@example.org", "basket-case-12", "https://shop.example"),
    login("Parcel locker", "mia@example.org", "ring-twice-40", "https://parcels.example", "Locker 12 by the bakery"),
    note("Bicycle", "Frame number: WXK 20418 C\nLock: 3-1-9-4\nBought at Spoke & Son in May"),
    note("Theo’s school", "Absence line: 555 0142, before 8 o’clock\nClass 4b, Ms Fennimore"),
    note("Where the real spare key is", "Third pot from the left, the one without a plant."),
    login("Choir", "mia", "alto-section-2", "https://choir.example", "Göteborg tour: ask Åsa"),
    login("Video calls", "mia@example.org", "you-are-on-mute", "https://calls.example"),
]
"""Mia’s vault when her cloud backup was made."""

MIA_LATER = [
    login("Dentist", "mia.lindqvist", "floss-daily-maybe", "https://dentist.example", "Next visit in spring"),
    note("New storage room code", "8206. The one under “Alarm codes” is the old one."),
]
"""What she added afterwards: in the newest vault, in no backup."""

DANA = [
    login("Mail", "dana@example.org", "lighthouse-keeper-3", "https://mail.example.org"),
    login("Ticket system", "dana", "please-restart-it-11", "https://tickets.example"),
    note("Server room", "Key box by the door. Bring a jacket."),
]

SAM = [
    login("Mail", "sam@example.org", "captain-of-nothing-7", "https://mail.example.org"),
    note("Where the key file is kept", "On two USB sticks: the office safe, and the bank."),
]
