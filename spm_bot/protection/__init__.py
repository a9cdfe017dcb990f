"""Do no harm: consent, and later cases, distress and redaction; pure."""
