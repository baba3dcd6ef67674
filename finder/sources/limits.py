"""How much a file may ask for before it is refused."""

from finder.limits import DEFAULT, MIB, Limits

__all__ = ["DEFAULT", "MIB", "Limits"]
