"""A local Claude over HTTP that answers by rules, and the fakes that stand in for the outside."""
