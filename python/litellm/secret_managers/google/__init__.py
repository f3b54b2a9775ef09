"""Google credentials and access tokens, by google-auth (`pip install 'litellm-rust-gateway[google]'`)."""
