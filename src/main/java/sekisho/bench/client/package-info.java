/** The HTTP client of the load generator. */
package sekisho.bench.client;
