"""What is kept stays within its bounds."""

from dialogues.common.kept import Kept


def test_a_text_is_made_once() -> None:
    made: list[str] = []
    kept = Kept(characters=10)
    for _ in range(2):
        assert kept.get("key", lambda: made.append("") or "text") == "text"
    assert len(made) == 1


def test_the_least_recently_used_is_given_up_first() -> None:
    kept = Kept(characters=4)
    kept.get("a", lambda: "aa")
    kept.get("b", lambda: "bb")
    kept.get("a", lambda: "never")
    kept.get("c", lambda: "cc")
    assert kept.get("a", lambda: "made again") == "aa"
    assert kept.get("b", lambda: "made again") == "made again"


def test_what_is_larger_than_all_room_is_made_and_not_kept() -> None:
    kept = Kept(characters=3)
    assert kept.get("a", lambda: "long text") == "long text"
    assert kept.get("a", lambda: "other") == "other"
