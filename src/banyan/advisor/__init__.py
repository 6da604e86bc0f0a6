"""Which views read too much, which index would help, and which helps nobody."""
