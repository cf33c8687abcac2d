/** Strict decoding of requests: framing, headers, forms, cookies. */
@NullMarked
package sekisho.http.request;

import org.jspecify.annotations.NullMarked;
