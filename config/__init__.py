"""What may differ between places: settings, the server, the operator's commands, the demo region, deployment."""
