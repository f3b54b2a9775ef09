"""Gemini's generateContent from the other side: its requests as chat completions, and the answers back."""
