/**
 * The seed data: 200,000 users and the login log of 5,000 of them, the same bytes at every run. It
 * imitates the data of the ISUCON4 online qualifier, whose load generators expect such users, and
 * is made without them.
 */
package sekisho.dev.seed;
