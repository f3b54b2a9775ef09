"""What the gateway tells of itself: alerts, metrics, traces, structured logs."""
