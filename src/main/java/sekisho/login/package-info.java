/** The domain: attempts, outcomes, rules, counters. No I/O. */
@NullMarked
package sekisho.login;

import org.jspecify.annotations.NullMarked;
