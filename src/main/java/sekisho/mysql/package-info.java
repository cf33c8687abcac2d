/** Connections to MySQL, its schema and the users table. The statements are in {@code sql/}. */
@NullMarked
package sekisho.mysql;

import org.jspecify.annotations.NullMarked;
