/**
 * What is in Redis: the attempt store, the login queue, the epoch fence. The scripts are in {@code
 * redis/}.
 */
@NullMarked
package sekisho.redis;

import org.jspecify.annotations.NullMarked;
