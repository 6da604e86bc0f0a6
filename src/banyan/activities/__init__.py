"""What people do with customers: the timeline of a record, comments, pins, today, what one opened last."""
