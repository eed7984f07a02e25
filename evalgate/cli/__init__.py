"""The command line: one module per verb, each of which parses, acts once, prints and exits."""
