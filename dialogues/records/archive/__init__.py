"""Records that never change: filing, embargoes, and search limited to what the viewer may read."""
