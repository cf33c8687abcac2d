/**
 * The users in memory, and the verification of their passwords. Their rows come through an
 * interface.
 */
@NullMarked
package sekisho.user;

import org.jspecify.annotations.NullMarked;
