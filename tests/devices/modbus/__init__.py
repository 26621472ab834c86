"""A Modbus server of another make answers the meters."""
