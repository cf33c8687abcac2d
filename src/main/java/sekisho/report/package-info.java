/** The two lists of {@code GET /report}. */
@NullMarked
package sekisho.report;

import org.jspecify.annotations.NullMarked;
