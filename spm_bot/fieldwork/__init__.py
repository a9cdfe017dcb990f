"""Who is asked, and when: pure, with no clock, no database and no network."""
