/** The management port for operators: liveness, readiness, metrics, reload. */
@NullMarked
package sekisho.ops;

import org.jspecify.annotations.NullMarked;
