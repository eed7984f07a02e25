"""What happens on GitHub: from an event to what is to be done, and from a verdict to what shows."""
