/** The pages, as bytes. */
@NullMarked
package sekisho.http.page;

import org.jspecify.annotations.NullMarked;
