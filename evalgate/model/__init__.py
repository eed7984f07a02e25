"""The frozen types that every layer shares. Nothing here acts."""
