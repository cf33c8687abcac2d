/** What all kinds of load have in common: the target, the workers, the measurements. */
package sekisho.bench.load;
