"""`/health/*`: is the process alive, can it serve, do its deployments answer."""
