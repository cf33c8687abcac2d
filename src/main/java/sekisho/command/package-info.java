/** The command line of {@code sekisho.jar}. */
package sekisho.command;
