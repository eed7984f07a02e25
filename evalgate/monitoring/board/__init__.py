"""What a dashboard shows of production."""
