"""What a new user sees in a real browser: `scripts/test --browser`."""
