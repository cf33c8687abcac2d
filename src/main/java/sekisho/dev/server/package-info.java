/**
 * Local data servers: a private Redis and MariaDB (or MySQL), on Unix sockets below a data
 * directory, for a machine where none is configured. They outlive the process that starts them.
 *
 * <p>{@link sekisho.dev.server.LocalServers} is the way in. The service itself knows nothing of
 * this package.
 */
package sekisho.dev.server;
