"""What was made at some cost and never changes, kept in the process as long as there is room."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Text = TypeVar("Text", bound=str)


class Kept(Generic[Text]):
    """Texts by key, the least recently used given up first; a key must name everything that the text depends on."""

    def __init__(self, characters: int) -> None:
        self._room = characters
        self._used = 0
        self._texts: OrderedDict[Hashable, Text] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Text]) -> Text:
        """The text of that key, made now if it is not here."""
        with self._lock:
            if key in self._texts:
                self._texts.move_to_end(key)
                return self._texts[key]
        text = make()
        with self._lock:
            self._put(key, text)
        return text

    def _put(self, key: Hashable, text: Text) -> None:
        self._used += len(text) - len(self._texts.pop(key, ""))
        self._texts[key] = text
        while self._used > self._room:
            _key, given_up = self._texts.popitem(last=False)
            self._used -= len(given_up)
