"""What AWS's services share: framing, regions and addresses, and the shape of their errors."""
