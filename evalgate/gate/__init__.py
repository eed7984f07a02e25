"""The gate: from two git refs to a verdict about every prompt that changed between them."""
