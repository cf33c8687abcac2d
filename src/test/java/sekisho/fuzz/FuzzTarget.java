package sekisho.fuzz;

import java.util.List;

/** Something that reads what strangers send. */
public interface FuzzTarget {

  /** The name of its corpus. */
  String name();

  /** What its format is made of. */
  List<String> words();

  /**
   * Reads one input and checks what came of it.
   *
   * @throws Exception or an {@link AssertionError} when the input was not handled as it should be
   */
  void accept(byte[] input) throws Exception;

  /** Checks what can be checked at the end only. */
  default void end() {}
}
