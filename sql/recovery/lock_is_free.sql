-- Whether nobody repairs or replaces the stores; see take_lock.sql. Looks, and takes no lock.
SELECT IS_FREE_LOCK(CONCAT('sekisho.', ?, '.', MD5(DATABASE())))
