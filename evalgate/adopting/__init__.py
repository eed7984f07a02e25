"""Adopts prompts that exist already: text files, dotprompt files and GitHub's `.prompt.yml`."""
