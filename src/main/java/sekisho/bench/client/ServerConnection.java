package sekisho.bench.client;

/**
 * A keep-alive connection to the service with one request at a time on it. To be used on one event
 * loop.
 */
interface ServerConnection {

  /** Gives the request up when it waits for too long; to be called every now and then. */
  void checkTimeout();

  /** Closes the connection; a request that waits for its answer is cut off. */
  void close();
}
