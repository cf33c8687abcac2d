/** The service against a bare server, in turn. */
package sekisho.bench.ceiling;
