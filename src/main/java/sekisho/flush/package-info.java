/** Moves the queue from Redis into the log and the state tables of MySQL. */
@NullMarked
package sekisho.flush;

import org.jspecify.annotations.NullMarked;
