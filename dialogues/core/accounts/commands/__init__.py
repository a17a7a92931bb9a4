"""Commands about accounts and sign-ins."""
