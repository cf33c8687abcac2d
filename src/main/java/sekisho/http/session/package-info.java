/** Who is logged in, and which notice is shown next, in signed cookies. */
@NullMarked
package sekisho.http.session;

import org.jspecify.annotations.NullMarked;
