"""How a command ends that could not do its work."""

from __future__ import annotations


class CommandFailed(Exception):
    """One line for the operator: what is wrong and, where that helps, what to do. Holds no secret."""

    def __init__(self, line: str, code: int = 1) -> None:
        super().__init__(" ".join(line.split()))
        self.code = code


def database_says(error: Exception) -> str:
    """The first line of what a driver says when it can't work; of other errors their kind, for they repeat data."""
    from sqlalchemy.exc import OperationalError

    if not isinstance(error, OperationalError) or error.orig is None:
        return type(error).__name__
    return next(iter(str(error.orig).splitlines()), type(error).__name__)
