-- The same for the same users, in whatever order: how many, and the first 64 bits of each row's SHA-256 combined.
SELECT COUNT(*),
       HEX(BIT_XOR(CAST(CONV(LEFT(SHA2(CONCAT_WS(CHAR(9), id, login, password_hash, salt), 256), 16), 16, 10) AS UNSIGNED)))
FROM users
