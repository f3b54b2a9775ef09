"""The native front of the gateway: plain chat completions answered by Rust, everything else by this package.

A plan says what a request of a key to a model is held to and where it goes; it is compiled after the first such request
was answered here, and forgotten with anything that it depends on. See `src/gateway`.
"""
