DELETE FROM instances WHERE name = ? AND incarnation = ?
