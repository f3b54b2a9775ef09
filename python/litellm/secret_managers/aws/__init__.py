"""AWS credentials and request signatures, by botocore (`pip install 'litellm-rust-gateway[aws]'`)."""
