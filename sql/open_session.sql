-- What a new connection begins with. The server ends a statement that waits for a lock, and a connection that nobody
-- uses (its owner may be gone without a word), by itself: neither may hold up the other instances. Both in seconds.
SET SESSION innodb_lock_wait_timeout = ?, wait_timeout = ?
