"""SPM bot: surveys on clients' phones, a weekly digest for management."""
