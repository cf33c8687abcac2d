SELECT IS_USED_LOCK(CONCAT('sekisho.session.', ?))
