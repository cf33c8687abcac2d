/** The flush against {@code LOAD DATA}. */
package sekisho.bench.flush;
