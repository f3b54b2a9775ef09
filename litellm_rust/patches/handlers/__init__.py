"""The HTTP clients of upstream's own handlers over the Rust pool: those of every provider without an SDK.

The objects stay upstream's and httpx's: handlers, clients, transports, requests and responses. Where a request would go
into the connections of httpx or aiohttp, it goes into the pool instead, if nothing about it or on its way is special;
else it goes where it went before.
"""
