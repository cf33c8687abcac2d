DELETE FROM instances WHERE name = ?
