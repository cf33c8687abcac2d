/** The public listener: requests in, pages and reports out. */
@NullMarked
package sekisho.http;

import org.jspecify.annotations.NullMarked;
