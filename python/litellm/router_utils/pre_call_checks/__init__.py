"""What is checked before a deployment is chosen."""
