-- A lock by name that ends with its connection: nothing is left of it when its holder is killed. Waits for some
-- seconds; gives 1 when it was taken. Names are common to all databases of a server.
SELECT GET_LOCK(CONCAT('sekisho.', ?, '.', MD5(DATABASE())), ?)
