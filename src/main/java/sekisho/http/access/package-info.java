/** The access log: its formats, who writes it, and what it adds up to. */
@NullMarked
package sekisho.http.access;

import org.jspecify.annotations.NullMarked;
