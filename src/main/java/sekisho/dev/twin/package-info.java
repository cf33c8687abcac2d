/**
 * A yardstick: the pages, the users, the rules and the listener of the service over a store in
 * memory alone, which forgets everything when it ends.
 */
package sekisho.dev.twin;
