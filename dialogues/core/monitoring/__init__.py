"""What machines ask of the service: health, reports of browsers, robots.txt."""
