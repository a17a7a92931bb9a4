"""Kills real processes at random while people work, and checks that nothing is lost, doubled or invented."""
