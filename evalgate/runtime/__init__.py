"""What an application imports: its prompts, as the live pointer names them."""
