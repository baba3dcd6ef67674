"""Asking: the table of criteria, and the answer with what was left out."""
