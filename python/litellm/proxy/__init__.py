"""The gateway: keys, budgets and spend in front of the router, over OpenAI's and Anthropic's HTTP APIs."""
