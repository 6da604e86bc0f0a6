"""Configuration as a document: written as YAML, compared, applied to another workspace."""
