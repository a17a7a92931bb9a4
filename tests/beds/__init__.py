"""What tests stand on, all of it real: databases, servers for mail and web, a browser, and no way out."""
