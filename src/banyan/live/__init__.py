"""Changes as they happen, and who looks at what: told to whoever listens, paid by nobody who writes."""
