"""Page numbers of lists that are shown in pages."""


def page_numbers(wanted: int, found: int, size: int) -> tuple[int, int]:
    """The page to show and the last page, counted from 1. A page beyond the list becomes the nearest one."""
    last = max(1, -(-found // size))
    return min(max(wanted, 1), last), last
