-- A server that takes no writes is another one's replica, whatever this account may do there.
SELECT @@GLOBAL.read_only, @@GLOBAL.innodb_read_only
