"""Whole calls of upstream: `completion` and `acompletion` of OpenAI's own chat format, sent by the Rust pool.

The first call of a kind goes to upstream and is watched: what it puts on the wire becomes a `plan`, what it makes of
the reply a `template`. Later calls of the same kind are built from both, and only when rebuilding the watched call
gave exactly what upstream gave. A reply that no template fits, an error status and a failed connection are handed to
upstream's own code, which sees them as if it had sent the request itself: nothing is sent twice.
"""
