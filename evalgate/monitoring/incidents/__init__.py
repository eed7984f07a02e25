"""Quality problems from their detection to the golden case that they leave behind."""
