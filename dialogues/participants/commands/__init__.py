"""Changes of who takes part: what the office does, and what the invited do; each function is one transaction."""
