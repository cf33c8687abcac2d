/** The seed data: users, log, counters, as files and in both stores. */
package sekisho.dev.seed;
