/** Settings, wiring, checks at the start, and the life cycle of the service. */
@NullMarked
package sekisho.app;

import org.jspecify.annotations.NullMarked;
