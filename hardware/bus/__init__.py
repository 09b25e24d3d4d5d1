"""One Modbus line, serial or over TCP, shared by many devices."""
