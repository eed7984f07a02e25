"""evalgate gates prompt changes for applications built on Claude."""
