"""What the Makefile calls: the demo's runner, the checks, the test runs, the locks."""
