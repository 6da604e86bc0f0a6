"""Lists written as files by a job: asked for, written with the rights of that time, fetched for a day."""
