"""When quality or service has fallen, and since when."""
