"""One call, from arguments to response: resolve, map, build, send, parse, cost, callbacks."""
