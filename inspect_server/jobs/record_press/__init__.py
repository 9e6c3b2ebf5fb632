"""Printing sealed records as PDF/A: a task that notices them, a process that sets each one, and its template."""
