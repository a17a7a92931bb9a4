"""Keys, encrypted columns and stored files. Erasing a key erases its data from every copy and backup."""
