/** IP addresses, CIDR sets, and the address that a request counts for. */
@NullMarked
package sekisho.net;

import org.jspecify.annotations.NullMarked;
