"""Files of records: taken in, looked at, kept, given out."""
