-- Ends a connection, what it does, and its transaction. Every account may end its own connections.
KILL ?
