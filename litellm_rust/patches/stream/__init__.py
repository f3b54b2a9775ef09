"""Streams of upstream: chunks of plain text are built from a template, everything else is upstream's own work.

The OpenAI client's stream object stays; only the response that it reads is replaced by a `feed`, from which both draw
events: the native path those that differ from the template in their text alone, upstream all the others.
"""
