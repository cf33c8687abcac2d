-- A name that this session alone holds: connection numbers begin anew with the server, names do not come back.
SELECT GET_LOCK(CONCAT('sekisho.session.', ?), 0)
