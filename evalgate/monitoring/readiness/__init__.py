"""Whether all is set up that production needs."""
