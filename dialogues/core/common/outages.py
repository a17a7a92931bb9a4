"""Outages: the database is busy or away, the disk is full, a key is missing. They pass, so people can try again."""

import errno

from sqlalchemy.exc import InterfaceError, OperationalError

from dialogues.lib.auth.hashing import Busy
from dialogues.lib.encryption.key_store import KeyStoreDamaged
from dialogues.lib.encryption.master_key import MasterKeyFault
from dialogues.lib.encryption.names import KeyMissing
from dialogues.settings import FULL_DISK

_FAULTY_DISK = FULL_DISK | {errno.EROFS, errno.EIO}

#: Seconds after which a browser may try again.
RETRY_AFTER = 5


class WritersBusy(Exception):
    """Another change holds the database for too long, or too many changes wait for it. Nothing was changed."""


_OUTAGES = (WritersBusy, OperationalError, InterfaceError, Busy, KeyMissing, KeyStoreDamaged, MasterKeyFault)


def is_outage(error: BaseException) -> bool:
    return isinstance(error, _OUTAGES) or (isinstance(error, OSError) and error.errno in _FAULTY_DISK)


def reason(error: BaseException) -> str:
    """The reason for the log, without data: the type of the error, and of the one below it."""
    below = getattr(error, "orig", None) or error.__cause__
    words = [type(error).__name__, type(below).__name__ if below is not None else ""]
    return " ".join([*filter(None, words), error.strerror or "" if isinstance(error, OSError) else ""]).strip()
