"""Work that time asks for: what can run when, and a runner that never does it twice."""
