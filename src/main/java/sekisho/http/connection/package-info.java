/** Connections: their transport, limits, time-outs, and what happens under overload. */
@NullMarked
package sekisho.http.connection;

import org.jspecify.annotations.NullMarked;
