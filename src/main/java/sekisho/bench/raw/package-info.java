/** One request again and again. */
package sekisho.bench.raw;
