"""`/cache/*`: is the cache of responses there, what does it hold, how is it set up."""
