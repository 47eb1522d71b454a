"""The ristretto255 group (RFC 9496), for the headless device: tests, the demo and the command line.

Not constant time: Python's integers aren't. Browsers use @noble/curves.
"""

from dataclasses import dataclass

from webapp.client.errors import BadShare

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, PRIME) % PRIME
SQRT_M1 = pow(2, (PRIME - 1) // 4, PRIME)


def _is_negative(value: int) -> bool:
    return value % PRIME % 2 == 1


def _absolute(value: int) -> int:
    return -value % PRIME if _is_negative(value) else value % PRIME


def sqrt_ratio(numerator: int, denominator: int) -> tuple[bool, int]:
    """SQRT_RATIO_M1 (section 4.2): whether the ratio is a square, and the root of it, or of SQRT_M1 times it."""
    u, v = numerator % PRIME, denominator % PRIME
    root = u * v**3 * pow(u * v**7, (PRIME - 5) // 8, PRIME) % PRIME
    check = v * root * root % PRIME
    if check in (-u % PRIME, -u * SQRT_M1 % PRIME):
        root = root * SQRT_M1
    return check in (u, -u % PRIME), _absolute(root)


INVERSE_SQRT_A_MINUS_D = sqrt_ratio(1, -1 - D)[1]
SQRT_AD_MINUS_ONE = -sqrt_ratio(-D - 1, 1)[1] % PRIME
"""Of the two roots the negative one (section 4.1)."""


@dataclass(frozen=True, eq=False)
class Point:
    """An element, in extended coordinates of edwards25519; compare encodings, never coordinates."""

    x: int
    y: int
    z: int
    t: int

    def __add__(self, other: "Point") -> "Point":
        """The sum (RFC 8032, section 5.1.4)."""
        a, b = (self.y - self.x) * (other.y - other.x), (self.y + self.x) * (other.y + other.x)
        c, d = 2 * D * self.t * other.t, 2 * self.z * other.z
        return _completed(b - a, d - c, d + c, b + a)

    def __mul__(self, scalar: int) -> "Point":
        """This often the element."""
        result, doubled = IDENTITY, self
        while scalar:
            if scalar & 1:
                result += doubled
            doubled += doubled
            scalar >>= 1
        return result

    def encode(self) -> bytes:
        """The one encoding of this element (section 4.3.2)."""
        u1, u2 = (self.z + self.y) * (self.z - self.y), self.x * self.y
        inverse = sqrt_ratio(1, u1 * u2 * u2)[1]
        den1, den2 = inverse * u1, inverse * u2
        z_inverse = den1 * den2 * self.t
        if _is_negative(self.t * z_inverse):
            x, y, den = self.y * SQRT_M1, self.x * SQRT_M1, den1 * INVERSE_SQRT_A_MINUS_D
        else:
            x, y, den = self.x, self.y, den2
        if _is_negative(x * z_inverse):
            y = -y
        return _absolute(den * (self.z - y)).to_bytes(32, "little")


def decode(encoding: bytes) -> Point:
    """The element of an encoding (section 4.3.1); raises BadShare for anything else."""
    s = int.from_bytes(encoding, "little")
    if len(encoding) != 32 or s >= PRIME or _is_negative(s):
        raise BadShare("not the encoding of an element")
    u1, u2 = 1 - s * s, 1 + s * s
    v = -D * u1 * u1 - u2 * u2
    was_square, inverse = sqrt_ratio(1, v * u2 * u2)
    den_x = inverse * u2
    x, y = _absolute(2 * s * den_x), u1 * inverse * den_x * v % PRIME
    t = x * y % PRIME
    if not was_square or _is_negative(t) or y == 0:
        raise BadShare("not the encoding of an element")
    return Point(x, y, 1, t)


def derive(octets: bytes) -> Point:
    """The element that 64 uniform bytes stand for (section 4.3.4)."""
    assert len(octets) == 64
    return _map(octets[:32]) + _map(octets[32:])


def _map(octets: bytes) -> Point:
    t = int.from_bytes(octets, "little") % 2**255
    r = SQRT_M1 * t * t
    u = (r + 1) * (1 - D * D)
    v = (-1 - r * D) * (r + D)
    was_square, s = sqrt_ratio(u, v)
    s, c = (s, -1) if was_square else (-_absolute(s * t), r)
    n = c * (r - 1) * (D - 1) ** 2 - v
    return _completed(2 * s * v, 1 + s * s, n * SQRT_AD_MINUS_ONE, 1 - s * s)


def _completed(e: int, f: int, g: int, h: int) -> Point:
    """The point x = e / g, y = h / f, in extended coordinates."""
    return Point(e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME)


IDENTITY = Point(0, 1, 1, 0)
BASE = decode(bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"))
