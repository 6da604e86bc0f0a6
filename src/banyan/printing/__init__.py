"""Templates, PDF and DOCX of documents, amounts in words (ADR 18)."""
