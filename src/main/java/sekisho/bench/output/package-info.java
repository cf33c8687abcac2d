/** Results as text, JSON, HTML and plots. */
package sekisho.bench.output;
