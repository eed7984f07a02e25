"""How trials get done: planned, sent with retries, graded, priced and written down."""
