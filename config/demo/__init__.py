"""A region that does not exist, to try the program on, and a generator of larger ones."""

from config.demo.chooser import PEOPLE

__all__ = ["PEOPLE"]
