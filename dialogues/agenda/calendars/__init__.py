"""Calendar files, feeds and emailed invites that say no more than their reader may know."""
