"""Types of Google's GenAI API."""
