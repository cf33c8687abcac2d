/**
 * The load generator: drives a running login service over HTTP as contest load does, keeps the
 * expected state of every answered attempt, and compares {@code /report} with it. It knows the
 * service by its HTTP contract alone and imports none of its classes, so that it judges any
 * implementation of that contract.
 *
 * <p>One Vert.x event loop does everything that happens during a run, so the expected state needs
 * no lock. The calling thread only samples: progress, CPU time and memory once a second.
 */
package sekisho.bench;
