"""What the management packages share."""
