"""One module per outside thing; each is the only one that imports that thing's library."""
