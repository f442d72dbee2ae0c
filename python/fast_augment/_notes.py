"""What an error should say beside its own message."""

__all__ = ["add_note"]


def add_note(error: BaseException, note: str) -> None:
    """Add a line to an error, which stays the object that it is."""
    if hasattr(error, "add_note"):
        error.add_note(note)
    elif error.args and isinstance(error.args[0], str):
        # Before Python 3.11 errors have no notes.
        error.args = (f"{error.args[0]}\n{note}", *error.args[1:])
