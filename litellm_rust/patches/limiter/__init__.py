"""The proxy's counters in memory: read and written where they are, without the layers of coroutines around them.

They stay in upstream's own cache, for its other code reads them: what is a counter of ours would be missing there.
"""
