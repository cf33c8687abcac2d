/**
 * Where the Redis is that takes the writes: at a fixed address, or where Sentinels or the nodes of
 * a Cluster say.
 */
@NullMarked
package sekisho.redis.location;

import org.jspecify.annotations.NullMarked;
