"""Calendar files, feeds and letters that say no more than their reader may know."""
