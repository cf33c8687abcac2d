/** What an instance counts about itself and about what it refused. */
@NullMarked
package sekisho.metrics;

import org.jspecify.annotations.NullMarked;
