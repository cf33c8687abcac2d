/** Compares counters, state tables and report with the whole login log. */
package sekisho.verify;
