SELECT name FROM instances
