"""Records that no longer change: filed, embargoed, found by those who may read them."""
