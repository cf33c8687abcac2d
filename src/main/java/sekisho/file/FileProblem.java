package sekisho.file;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * Says in plain words why a file cannot be used: the messages of Java's exceptions are often the
 * path alone, or nothing.
 */
public final class FileProblem {

  private FileProblem() {}

  /**
   * The reason, without the file.
   *
   * @param error what went wrong
   * @return words that can follow a colon
   */
  public static String reason(IOException error) {
    if (error instanceof NoSuchFileException
        || error instanceof FileNotFoundException && error.getMessage() == null) {
      return "it is not there";
    }
    if (error instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (error instanceof FileAlreadyExistsException) {
      return "a file is in the way";
    }
    if (error instanceof NotDirectoryException) {
      return "it is not a directory";
    }
    if (error instanceof DirectoryNotEmptyException) {
      return "it is a directory that is not empty";
    }
    if (error instanceof CharacterCodingException) {
      return "it is not UTF-8 text";
    }
    if (error instanceof FileSystemException failed && failed.getReason() != null) {
      return failed.getReason();
    }
    return error.getMessage() == null || error.getMessage().isBlank()
        ? error.getClass().getSimpleName()
        : error.getMessage();
  }

  /**
   * The reason, with the file that it is about where that is another one than the caller names: a
   * directory above it, for example.
   *
   * @param named the file that the caller names before
   * @param error what went wrong
   * @return words that can follow a colon
   */
  public static String reason(Path named, IOException error) {
    return error instanceof FileSystemException failed
            && failed.getFile() != null
            && !failed.getFile().equals(named.toString())
        ? failed.getFile() + ": " + reason(error)
        : reason(error);
  }

  /**
   * The file and the reason.
   *
   * @param error what went wrong
   * @return one line
   */
  public static String line(IOException error) {
    return error instanceof FileSystemException failed && failed.getFile() != null
        ? failed.getFile() + ": " + reason(error)
        : reason(error);
  }
}
