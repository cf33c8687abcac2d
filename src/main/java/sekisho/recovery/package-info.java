/**
 * Decides whether attempts may be accepted, and brings a Redis that lost some to the whole history
 * again.
 */
@NullMarked
package sekisho.recovery;

import org.jspecify.annotations.NullMarked;
