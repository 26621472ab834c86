"""Home Assistant's place for custom integrations."""
