/** The commands of {@code sekisho-dev.jar}: local stores, seed data, and the service on them. */
package sekisho.dev.command;
