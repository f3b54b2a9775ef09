"""Files into vector stores, and answers from them: `litellm.rag.ingest`, `query`, `aingest`, `aquery`."""

from litellm.rag.main import aingest, aquery, ingest, query

__all__ = ["aingest", "aquery", "ingest", "query"]
