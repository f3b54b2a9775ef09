"""How Vertex AI's credentials are made, under the path that LiteLLM users import it from."""

from __future__ import annotations

from litellm.secret_managers.google.loading import VertexBase as VertexBase
