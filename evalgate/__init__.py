"""evalgate gates prompt changes for applications built on Claude."""

__version__ = "0.1.0"
