package sekisho.testing.gate;

/**
 * Something that a client sent to a store in one piece.
 *
 * @param text what it says, with line ends made spaces; of what is long, the beginning
 * @param bytes how long it is as a whole, with its parameters
 */
public record Command(String text, long bytes) {}
