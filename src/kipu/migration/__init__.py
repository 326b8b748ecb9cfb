"""What other programs wrote, taken over into a store."""
